namespace Portcullis.TestKit.Backends;

/// <summary>What a <see cref="TlsBackend"/> says of itself and of the request.</summary>
public sealed record BackendAnswer(string Backend, string Host, string Target, string? ServerName, string Protocol);
