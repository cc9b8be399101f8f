namespace Portcullis.Operator.Resources;

/// <summary>The Strict-Transport-Security header (RFC 6797).</summary>
public sealed record Hsts
{
    /// <summary>Seconds.</summary>
    public required long MaxAge { get; init; }

    public bool IncludeSubDomains { get; init; }

    public bool Preload { get; init; }
}
