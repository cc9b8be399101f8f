using System.Collections.Immutable;

namespace Portcullis.Operator.Fleet;

/// <summary>What is known of every connected gateway at one moment.</summary>
public sealed record FleetState(ImmutableArray<GatewayState> Gateways)
{
    /// <summary>When this operator began to lead; gateways need a moment to find it. Null without a cluster.</summary>
    public DateTimeOffset? LedSince { get; init; }

    /// <summary>How long gateways may take to find a new leader before their silence means something.</summary>
    public static TimeSpan TimeToSettle { get; } = TimeSpan.FromSeconds(60);

    /// <summary>From when on everything that is going to report has done so; null without a cluster.</summary>
    public DateTimeOffset? SettledAt => LedSince + TimeToSettle;

    /// <summary>How long gateways may take to call a new leader: far less than until all is known, since one that cannot call needs help.</summary>
    public static TimeSpan TimeToCall { get; } = TimeSpan.FromSeconds(15);

    /// <summary>From when on a gateway that has said nothing yet is not merely on its way here; null without a cluster.</summary>
    public DateTimeOffset? CalledAt => LedSince + TimeToCall;

    public static FleetState Empty { get; } = new([]);
}
