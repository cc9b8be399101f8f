using System.Collections.Immutable;

namespace Portcullis.Contract.Verdicts;

/// <summary>What people need to recognise one certificate.</summary>
public sealed record CertificateFacts
{
    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    /// <summary>Upper-case hexadecimal.</summary>
    public required string SerialNumber { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>SHA-256 of the DER.</summary>
    public required Digest Sha256 { get; init; }

    /// <summary><c>sha256/</c> and Base64 of SHA-256 over SubjectPublicKeyInfo, ready to be used as a pin; null when the key cannot be read.</summary>
    public string? PublicKeyPin { get; init; }

    /// <summary>As in the extension, at most 10.</summary>
    public ImmutableArray<SubjectName> SubjectAltNames { get; init; } = [];
}
