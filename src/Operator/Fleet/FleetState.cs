using System.Collections.Immutable;

namespace Portcullis.Operator.Fleet;

/// <summary>What is known of every connected gateway at one moment.</summary>
public sealed record FleetState(ImmutableArray<GatewayState> Gateways)
{
    public static FleetState Empty { get; } = new([]);
}
