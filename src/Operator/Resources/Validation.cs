using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>Which certificates a backend may show: what anchors them, and which name they must carry.</summary>
public sealed record Validation
{
    public ImmutableArray<CaCertificateRef> CaCertificateRefs { get; init; } = [];

    public WellKnownCaCertificates? WellKnownCACertificates { get; init; }

    /// <summary>The SNI, and the identity unless <see cref="SubjectAltNames"/> is set.</summary>
    public string? Hostname { get; init; }

    public ImmutableArray<SubjectAltName> SubjectAltNames { get; init; } = [];

    public ImmutableArray<string> PublicKeyPins { get; init; } = [];

    public int? MaxIntermediates { get; init; }

    /// <summary><c>1.2</c> or <c>1.3</c>.</summary>
    public string MinTLSVersion { get; init; } = "1.2";
}
