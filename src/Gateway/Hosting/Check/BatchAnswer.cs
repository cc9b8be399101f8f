namespace Portcullis.Gateway.Hosting.Check;

/// <summary>The answer to one line of <c>gateway check --batch</c>.</summary>
/// <param name="Reason">Null when accepted.</param>
internal sealed record BatchAnswer(bool Accept, string? Reason);
