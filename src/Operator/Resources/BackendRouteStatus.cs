using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>What was observed of one route.</summary>
public sealed record BackendRouteStatus
{
    public long ObservedGeneration { get; init; } = -1;

    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary><c>n/m</c>: replicas that acknowledged of replicas there are.</summary>
    public string? ProgrammedReplicas { get; init; }

    public DateTimeOffset? EarliestExpiry { get; init; }

    public ImmutableArray<BackendStatus> Backends { get; init; } = [];
}
