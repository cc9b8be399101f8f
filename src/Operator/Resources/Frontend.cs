using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

public sealed record Frontend
{
    public SecretRef? CertificateRef { get; init; }

    public FrontendHttp? Http { get; init; }

    public Hsts? Hsts { get; init; }
}

public enum FrontendHttp
{
    Redirect,
    Serve,
    Off,
}

public sealed record Hsts
{
    /// <summary>Seconds.</summary>
    public required long MaxAge { get; init; }

    public bool IncludeSubDomains { get; init; }

    public bool Preload { get; init; }
}

/// <summary>A Secret in the resource's own namespace.</summary>
public sealed record SecretRef
{
    public required string Name { get; init; }
}
