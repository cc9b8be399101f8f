namespace Portcullis.Gateway.Proxy.Answers;

/// <summary>The body of an answer of the gateway's own (RFC 9457).</summary>
internal sealed record ProblemDocument(string Title, int Status, string Code, string TraceId);
