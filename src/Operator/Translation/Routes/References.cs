using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Bundles;
using Portcullis.Operator.Translation.Gateways;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>What a route's references can lead to, indexed once for all routes.</summary>
internal sealed class References
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";

    public References(ResourceSnapshot snapshot, IEnumerable<BundleDraft> bundles, RouteCertificates certificates)
    {
        Certificates = certificates;
        Services = snapshot.Services;
        Bundles = bundles.ToImmutableSortedDictionary(bundle => bundle.Key, bundle => bundle.State);
        Grants = new Grants(snapshot.ReferenceGrants.Values);
        Slices = snapshot.EndpointSlices
            .Where(slice => slice.Value.Metadata.Labels?.ContainsKey(ServiceNameLabel) == true)
            .ToLookup(slice => new ResourceKey(slice.Key.Namespace, slice.Value.Metadata.Labels[ServiceNameLabel]), slice => slice.Value);
    }

    public ImmutableSortedDictionary<ResourceKey, V1Service> Services { get; }

    public ImmutableSortedDictionary<ResourceKey, BundleState> Bundles { get; }

    public Grants Grants { get; }

    public RouteCertificates Certificates { get; }

    /// <summary>By Service.</summary>
    public ILookup<ResourceKey, V1EndpointSlice> Slices { get; }
}
