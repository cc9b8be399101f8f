using Portcullis.Contract;
using Portcullis.Contract.Reports;
using Portcullis.Operator.Fleet;

namespace Portcullis.Operator.Conditions;

/// <summary>The fleet as statuses ask about it: replicas by gateway, observations by route.</summary>
internal sealed class FleetView(FleetState fleet)
{
    private readonly ILookup<string, ReplicaView> replicas = fleet.Gateways.OrderBy(gateway => gateway.PodUid, StringComparer.Ordinal)
        .ToLookup(gateway => gateway.Gateway, gateway => new ReplicaView(gateway), StringComparer.Ordinal);

    private readonly ILookup<ResourceKey, BackendObservation> observations = fleet.Gateways.OrderBy(gateway => gateway.PodUid, StringComparer.Ordinal)
        .SelectMany(gateway => gateway.Observations).ToLookup(observation => observation.Route);

    public IEnumerable<ReplicaView> Replicas(string gateway) => replicas[gateway];

    public IEnumerable<BackendObservation> Observations(ResourceKey route) => observations[route];
}
