using System.Collections.Immutable;

namespace Portcullis.Operator.Fleet;

/// <summary>What is known of every connected gateway at one moment.</summary>
public sealed record FleetState(ImmutableArray<GatewayState> Gateways)
{
    /// <summary>When this operator began to lead; gateways need a moment to find it. Null without a cluster.</summary>
    public DateTimeOffset? LedSince { get; init; }

    public static FleetState Empty { get; } = new([]);
}
