using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;

namespace Portcullis.Operator.Resources;

/// <summary>
/// All resources at one moment, and what was published of them before. Everything is keyed by namespace and name; a reference that is not in
/// its dictionary does not exist.
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

    public ImmutableSortedDictionary<ResourceKey, ReferenceGrant> ReferenceGrants { get; init; } = ImmutableSortedDictionary<ResourceKey, ReferenceGrant>.Empty;

    /// <summary>
    /// The PEM last published of each bundle, as it stands where gateways mount it. It is last good only if its digest equals the active digest in
    /// the bundle's status (P3).
    /// </summary>
    public ImmutableSortedDictionary<ResourceKey, string> PublishedBundles { get; init; } = ImmutableSortedDictionary<ResourceKey, string>.Empty;
}
