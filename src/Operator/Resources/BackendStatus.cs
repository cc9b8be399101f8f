using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>What was observed of one backend.</summary>
public sealed record BackendStatus
{
    public required string Name { get; init; }

    /// <summary>At most 4, one per distinct presented leaf or failure.</summary>
    public ImmutableArray<Observation> Observations { get; init; } = [];
}
