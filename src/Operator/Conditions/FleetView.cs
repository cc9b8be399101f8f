using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Reports;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Conditions;

/// <summary>The fleet as statuses ask about it: replicas by gateway, observations by route.</summary>
internal sealed class FleetView
{
    private readonly ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> pods;
    private readonly ILookup<string, ReplicaView> replicas;
    private readonly ILookup<ResourceKey, BackendObservation> observations;
    private readonly bool isSettled;

    public FleetView(FleetState fleet, ResourceSnapshot snapshot, DateTimeOffset now)
    {
        var ordered = fleet.Gateways.OrderBy(gateway => gateway.PodUid, StringComparer.Ordinal).ToImmutableArray();

        pods = snapshot.Pods;
        // The stream of a pod that is on its way out, or of none that is known, says nothing about those that are to serve.
        replicas = ordered
            .Where(gateway => !pods.TryGetValue(gateway.Gateway, out var known) || known.ContainsKey(gateway.PodUid))
            .ToLookup(gateway => gateway.Gateway, gateway => new ReplicaView(gateway), StringComparer.Ordinal);
        observations = ordered.SelectMany(gateway => gateway.Observations).ToLookup(observation => observation.Route);
        isSettled = fleet.SettledAt is not { } settled || now >= settled;
    }

    /// <summary>Those that are connected.</summary>
    public IEnumerable<ReplicaView> Replicas(string gateway) => replicas[gateway];

    /// <summary>How many there are to be; where that is not known, how many are connected.</summary>
    public int Expected(string gateway) => pods.TryGetValue(gateway, out var known) ? known.Count : replicas[gateway].Count();

    public IEnumerable<BackendObservation> Observations(ResourceKey route) => observations[route];

    /// <summary>Whether silence of these gateways means something: a new leader waits until all of them have reported, but not for ever.</summary>
    public bool HasHeardFrom(ImmutableArray<string> gateways) => isSettled || gateways.All(HasHeardFrom);

    private bool HasHeardFrom(string gateway) =>
        pods.TryGetValue(gateway, out var known) && known.Count <= replicas[gateway].Count(replica => replica.Revision is not null);
}
