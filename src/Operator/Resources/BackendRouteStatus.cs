using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

public sealed record BackendRouteStatus
{
    public long ObservedGeneration { get; init; } = -1;

    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary><c>n/m</c>: replicas that acknowledged of replicas there are.</summary>
    public string? ProgrammedReplicas { get; init; }

    public DateTimeOffset? EarliestExpiry { get; init; }

    public ImmutableArray<BackendStatus> Backends { get; init; } = [];
}

public sealed record BackendStatus
{
    public required string Name { get; init; }

    /// <summary>At most 4, one per distinct presented leaf or failure.</summary>
    public ImmutableArray<Observation> Observations { get; init; } = [];
}

public sealed record Observation
{
    public required int EndpointCount { get; init; }

    public required string SampleEndpoint { get; init; }

    public required bool Verified { get; init; }

    /// <summary>A verdict reason, or Verified.</summary>
    public required string Reason { get; init; }

    public required string Message { get; init; }

    /// <summary>Null when there is nothing to do.</summary>
    public string? Remedy { get; init; }

    public string? ServerNameSent { get; init; }

    public string? IdentityChecked { get; init; }

    public string? TlsVersion { get; init; }

    /// <summary>At most 6.</summary>
    public ImmutableArray<ChainCertificate> Chain { get; init; } = [];
}

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
