namespace Portcullis.Operator.Resources;

/// <summary>How a backend is verified. There is no field that turns verification off.</summary>
public sealed record Tls
{
    public TlsMode Mode { get; init; } = TlsMode.ServerOnly;

    public required Validation Validation { get; init; }

    /// <summary>Set if and only if the mode is <see cref="TlsMode.ClientAndServer"/>.</summary>
    public SecretRef? ClientCertificateRef { get; init; }
}
