using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>One certificate of a presented chain.</summary>
public sealed record ChainCertificate
{
    /// <summary>Leaf, Intermediate or Anchor.</summary>
    public required string Role { get; init; }

    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    public required string SerialNumber { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required string Sha256 { get; init; }

    public string? PublicKeyPin { get; init; }

    public ImmutableArray<string> SubjectAltNames { get; init; } = [];
}
