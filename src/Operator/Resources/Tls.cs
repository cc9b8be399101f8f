using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>How a backend is verified. There is no field that turns verification off.</summary>
public sealed record Tls
{
    public TlsMode Mode { get; init; } = TlsMode.ServerOnly;

    public required Validation Validation { get; init; }

    /// <summary>Set if and only if the mode is <see cref="TlsMode.ClientAndServer"/>.</summary>
    public SecretRef? ClientCertificateRef { get; init; }
}

public enum TlsMode
{
    ServerOnly,
    ClientAndServer,
}

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

public sealed record CaCertificateRef
{
    public string Group { get; init; } = TrustBundle.Group;

    public string Kind { get; init; } = TrustBundle.KindName;

    public required string Name { get; init; }

    public string? Namespace { get; init; }
}

public enum WellKnownCaCertificates
{
    System,
}

/// <summary>A union by type.</summary>
public sealed record SubjectAltName
{
    public required SubjectAltNameType Type { get; init; }

    public string? Hostname { get; init; }

    public string? Uri { get; init; }

    public string? IpAddress { get; init; }
}

public enum SubjectAltNameType
{
    Hostname,
    URI,
    IPAddress,
}
