namespace Portcullis.Operator.Resources;

/// <summary>How browsers reach the hostnames of a route.</summary>
public sealed record Frontend
{
    public SecretRef? CertificateRef { get; init; }

    public FrontendHttp? Http { get; init; }

    public Hsts? Hsts { get; init; }
}
