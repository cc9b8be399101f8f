using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;

namespace Portcullis.Operator.Resources;

/// <summary>
/// All resources at one moment, and what was published of them before. Everything is keyed by namespace and name; a reference that is not in
/// its dictionary does not exist, unless <see cref="FaultOf"/> says that it was never read.
/// </summary>
public sealed record ResourceSnapshot
{
    public static ResourceSnapshot Empty { get; } = new();

    public ImmutableSortedDictionary<ResourceKey, BackendRoute> BackendRoutes { get; init; } = ImmutableSortedDictionary<ResourceKey, BackendRoute>.Empty;

    public ImmutableSortedDictionary<ResourceKey, TrustBundle> TrustBundles { get; init; } = ImmutableSortedDictionary<ResourceKey, TrustBundle>.Empty;

    public ImmutableSortedDictionary<ResourceKey, V1ConfigMap> ConfigMaps { get; init; } = ImmutableSortedDictionary<ResourceKey, V1ConfigMap>.Empty;

    public ImmutableSortedDictionary<ResourceKey, V1Secret> Secrets { get; init; } = ImmutableSortedDictionary<ResourceKey, V1Secret>.Empty;

    public ImmutableSortedDictionary<ResourceKey, V1Service> Services { get; init; } = ImmutableSortedDictionary<ResourceKey, V1Service>.Empty;

    public ImmutableSortedDictionary<ResourceKey, V1EndpointSlice> EndpointSlices { get; init; } = ImmutableSortedDictionary<ResourceKey, V1EndpointSlice>.Empty;

    /// <summary>
    /// The Services of the API server, the operator and the gateways, where no backend may lead: apart from the others, because routes must not find
    /// them in a namespace that is not watched. Empty in a folder.
    /// </summary>
    public ImmutableSortedDictionary<ResourceKey, V1Service> OwnServices { get; init; } = ImmutableSortedDictionary<ResourceKey, V1Service>.Empty;

    /// <summary>The slices of <see cref="OwnServices"/>.</summary>
    public ImmutableSortedDictionary<ResourceKey, V1EndpointSlice> OwnSlices { get; init; } = ImmutableSortedDictionary<ResourceKey, V1EndpointSlice>.Empty;

    public ImmutableSortedDictionary<ResourceKey, ReferenceGrant> ReferenceGrants { get; init; } = ImmutableSortedDictionary<ResourceKey, ReferenceGrant>.Empty;

    /// <summary>
    /// The PEM last published of each bundle, as it stands where gateways mount it. It is last good only if its digest equals the active digest in
    /// the bundle's status (P3).
    /// </summary>
    public ImmutableSortedDictionary<ResourceKey, string> PublishedBundles { get; init; } = ImmutableSortedDictionary<ResourceKey, string>.Empty;

    /// <summary>
    /// The files of every gateway's trust shards as they are now, by namespace and name of the ConfigMap; a shard that does not exist is not here. Empty in a folder.
    /// </summary>
    public ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>> Shards { get; init; } =
        ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>>.Empty;

    /// <summary>
    /// By name of the declared gateway: uid and name of the pods behind its Service that are not terminating. A gateway of which this is not known is not here.
    /// </summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Pods { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, string>>(StringComparer.Ordinal);

    /// <summary>What was never read, and why. What was read once and cannot be read any more stays as it was, without a fault.</summary>
    public ImmutableDictionary<ObjectRef, ReadFault> Faults { get; init; } = ImmutableDictionary<ObjectRef, ReadFault>.Empty;

    /// <summary>Null when the object was read, or is known not to exist.</summary>
    public ReadFault? FaultOf(string kind, ResourceKey key) =>
        Faults.GetValueOrDefault(new ObjectRef(kind, key))
        ?? Faults.GetValueOrDefault(ObjectRef.Namespace(kind, key.Namespace))
        ?? Faults.GetValueOrDefault(ObjectRef.Whole(kind));
}
