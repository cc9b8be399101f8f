using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Manifests;

/// <summary>Accepted manifests, what was published and what is in status → one snapshot.</summary>
internal static class SnapshotBuilder
{
    public static ResourceSnapshot Build(
        IEnumerable<AcceptedManifest> manifests,
        ImmutableSortedDictionary<ResourceKey, string> publishedBundles,
        Func<ResourceKey, BackendRouteStatus> routeStatus,
        Func<ResourceKey, TrustBundleStatus> bundleStatus)
    {
        var accepted = manifests.ToLookup(manifest => manifest.Object.GetType());

        return new ResourceSnapshot
        {
            BackendRoutes = Of<BackendRoute>(accepted, (manifest, route) => route with { Metadata = Metadata(manifest), Status = routeStatus(manifest.Identity.Key) }),
            TrustBundles = Of<TrustBundle>(accepted, (manifest, bundle) => bundle with { Metadata = Metadata(manifest), Status = bundleStatus(manifest.Identity.Key) }),
            ConfigMaps = Of<V1ConfigMap>(accepted, (manifest, map) => map with { Metadata = Metadata(manifest) }),
            Secrets = Of<V1Secret>(accepted, (manifest, secret) => secret with { Metadata = Metadata(manifest) }),
            Services = Of<V1Service>(accepted, (manifest, service) => service with { Metadata = Metadata(manifest) }),
            EndpointSlices = Of<V1EndpointSlice>(accepted, (manifest, slice) => slice with { Metadata = Metadata(manifest) }),
            ReferenceGrants = Of<ReferenceGrant>(accepted, (manifest, grant) => grant with { Metadata = Metadata(manifest) }),
            PublishedBundles = publishedBundles,
        };
    }

    private static ImmutableSortedDictionary<ResourceKey, T> Of<T>(ILookup<Type, AcceptedManifest> accepted, Func<AcceptedManifest, T, T> complete)
        where T : class =>
        accepted[typeof(T)].ToImmutableSortedDictionary(manifest => manifest.Identity.Key, manifest => complete(manifest, (T)(object)manifest.Object));

    /// <summary>A folder knows no moment of creation: precedence is by namespace and name, so that every start gives the same answer.</summary>
    private static V1ObjectMeta Metadata(AcceptedManifest manifest) => new()
    {
        Name = manifest.Identity.Key.Name,
        NamespaceProperty = manifest.Identity.Key.Namespace,
        Labels = manifest.Object.Metadata.Labels,
        Annotations = manifest.Object.Metadata.Annotations,
        Generation = manifest.Generation,
        Uid = Uid(manifest.Identity),
    };

    /// <summary>Same object, same identifier, on every start (a name-based UUID, RFC 9562 version 8).</summary>
    private static string Uid(ObjectIdentity identity)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(identity.ToString()))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);

        return new Guid(bytes, bigEndian: true).ToString();
    }
}
