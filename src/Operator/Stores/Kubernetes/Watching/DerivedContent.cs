using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>What a snapshot says that no single object of the cluster does. Each returns the same resources when nothing comes of a change.</summary>
internal static class DerivedContent
{
    /// <summary>After this shard changed.</summary>
    public static ClusterObjects WithShard(ClusterObjects objects, ResourceKey shard)
    {
        var shards = objects.Resources.Shards;
        var before = shards.GetValueOrDefault(shard);
        var after = objects.Shards.TryGetValue(shard, out var map) ? FilesOf(map.Data) : null;

        if (before is not null && after is not null && before.SequenceEqual(after))
        {
            return objects;
        }

        var files = (before?.Keys ?? []).Union(after?.Keys ?? []);
        var changed = In(objects, objects.Resources with { Shards = after is null ? shards.Remove(shard) : shards.SetItem(shard, after) });

        return files.Aggregate(changed, (sofar, file) => ShardFileName.TryParse(file, out var bundle) ? WithPublished(sofar, bundle.Value) : sofar);
    }

    /// <summary>After this bundle, or a shard that has it, changed.</summary>
    public static ClusterObjects WithPublished(ClusterObjects objects, ResourceKey bundle)
    {
        var published = objects.Resources.PublishedBundles;
        var after = PublishedBundles.Find(bundle, objects.Shards, objects.Resources.TrustBundles.GetValueOrDefault(bundle));

        return after == published.GetValueOrDefault(bundle)
            ? objects
            : In(objects, objects.Resources with { PublishedBundles = after is null ? published.Remove(bundle) : published.SetItem(bundle, after) });
    }

    /// <summary>After slices of these gateways' Services changed.</summary>
    public static ClusterObjects WithPods(ClusterObjects objects, IEnumerable<DeclaredGateway> gateways)
    {
        var pods = objects.Resources.Pods;

        foreach (var gateway in gateways)
        {
            var found = GatewayPods.Of(gateway, objects.GatewaySlices);
            pods = pods.TryGetValue(gateway.Name, out var known) && known.SequenceEqual(found) ? pods : pods.SetItem(gateway.Name, found);
        }

        return pods == objects.Resources.Pods ? objects : In(objects, objects.Resources with { Pods = pods });
    }

    private static ClusterObjects In(ClusterObjects objects, ResourceSnapshot resources) => objects with { Resources = resources };

    private static ImmutableSortedDictionary<string, string> FilesOf(IDictionary<string, string>? data) =>
        (data ?? new Dictionary<string, string>()).ToImmutableSortedDictionary(StringComparer.Ordinal);
}
