using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes.Watching;

namespace Portcullis.Operator.Stores.Kubernetes;

/// <summary>What was read of the cluster, at one moment, each object with its metadata as the API server has it.</summary>
internal sealed record ClusterObjects
{
    public static ClusterObjects Empty { get; } = new();

    /// <summary>Without faults, which belong to snapshots.</summary>
    public ResourceSnapshot Resources { get; init; } = ResourceSnapshot.Empty;

    /// <summary>The gateways' trust shards; one that does not exist is not here.</summary>
    public ImmutableSortedDictionary<ResourceKey, V1ConfigMap> Shards { get; init; } = ImmutableSortedDictionary<ResourceKey, V1ConfigMap>.Empty;

    /// <summary>Those of the gateways' own Services.</summary>
    public ImmutableSortedDictionary<ResourceKey, V1EndpointSlice> GatewaySlices { get; init; } = ImmutableSortedDictionary<ResourceKey, V1EndpointSlice>.Empty;

    /// <summary>The CRDs that matter to us, those of them that are installed; the namespace of a key is empty.</summary>
    public ImmutableSortedDictionary<ResourceKey, InstalledDefinition> Definitions { get; init; } = ImmutableSortedDictionary<ResourceKey, InstalledDefinition>.Empty;
}
