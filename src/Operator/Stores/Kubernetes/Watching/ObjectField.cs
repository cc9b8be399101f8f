using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>Where objects of one kind are kept.</summary>
internal sealed record ObjectField<T>(
    Func<ClusterObjects, ImmutableSortedDictionary<ResourceKey, T>> Of,
    Func<ClusterObjects, ImmutableSortedDictionary<ResourceKey, T>, ClusterObjects> With);

/// <summary>All of them.</summary>
internal static class ObjectField
{
    public static ObjectField<BackendRoute> BackendRoutes { get; } = In(resources => resources.BackendRoutes, (resources, all) => resources with { BackendRoutes = all });

    public static ObjectField<TrustBundle> TrustBundles { get; } = In(resources => resources.TrustBundles, (resources, all) => resources with { TrustBundles = all });

    public static ObjectField<V1ConfigMap> ConfigMaps { get; } = In(resources => resources.ConfigMaps, (resources, all) => resources with { ConfigMaps = all });

    public static ObjectField<V1Secret> Secrets { get; } = In(resources => resources.Secrets, (resources, all) => resources with { Secrets = all });

    public static ObjectField<V1Service> Services { get; } = In(resources => resources.Services, (resources, all) => resources with { Services = all });

    public static ObjectField<V1EndpointSlice> EndpointSlices { get; } = In(resources => resources.EndpointSlices, (resources, all) => resources with { EndpointSlices = all });

    public static ObjectField<V1Service> OwnServices { get; } = In(resources => resources.OwnServices, (resources, all) => resources with { OwnServices = all });

    public static ObjectField<V1EndpointSlice> OwnSlices { get; } = In(resources => resources.OwnSlices, (resources, all) => resources with { OwnSlices = all });

    public static ObjectField<ReferenceGrant> ReferenceGrants { get; } = In(resources => resources.ReferenceGrants, (resources, all) => resources with { ReferenceGrants = all });

    public static ObjectField<V1ConfigMap> Shards { get; } = new(objects => objects.Shards, (objects, all) => objects with { Shards = all });

    public static ObjectField<V1EndpointSlice> GatewaySlices { get; } = new(objects => objects.GatewaySlices, (objects, all) => objects with { GatewaySlices = all });

    public static ObjectField<InstalledDefinition> Definitions { get; } = new(objects => objects.Definitions, (objects, all) => objects with { Definitions = all });

    private static ObjectField<T> In<T>(
        Func<ResourceSnapshot, ImmutableSortedDictionary<ResourceKey, T>> of,
        Func<ResourceSnapshot, ImmutableSortedDictionary<ResourceKey, T>, ResourceSnapshot> with) =>
        new(objects => of(objects.Resources), (objects, all) => objects with { Resources = with(objects.Resources, all) });
}
