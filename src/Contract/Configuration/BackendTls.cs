using System.Collections.Immutable;

namespace Portcullis.Contract.Configuration;

/// <summary>What a backend's certificate is verified against, beyond its endpoint's identity.</summary>
public sealed record BackendTls
{
    /// <summary>The TrustBundles whose anchors are accepted; never empty. Each one's own entry says which anchors may be used (P2).</summary>
    public required ImmutableArray<ResourceKey> Bundles { get; init; }

    /// <summary><c>sha256/</c> and Base64 of SHA-256 over SubjectPublicKeyInfo (RFC 7469); when not empty, the leaf's must be among them, in addition to the chain.</summary>
    public ImmutableArray<string> PublicKeyPins { get; init; } = [];

    /// <summary>Certificates allowed between leaf and anchor; null when not limited.</summary>
    public int? MaxIntermediates { get; init; }

    /// <summary>The certificate entry shown to the backend; null for none.</summary>
    public ResourceKey? ClientCertificate { get; init; }

    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;
}
