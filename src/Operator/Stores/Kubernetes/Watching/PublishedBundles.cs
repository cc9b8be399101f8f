using System.Collections.Immutable;
using System.Text;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>What gateways have mounted of each bundle, from the shards it may be in.</summary>
internal static class PublishedBundles
{
    /// <summary>Null when no shard has it.</summary>
    public static string? Find(ResourceKey key, ImmutableSortedDictionary<ResourceKey, V1ConfigMap> shards, TrustBundle? bundle)
    {
        var file = ShardFileName.Of(key);
        var found = shards.Values.Select(shard => FileOf(shard, file)).OfType<string>().Distinct(StringComparer.Ordinal).ToImmutableArray();

        // A bundle that moves is in two shards for a while, and one of them may be old: what is in force is the one that the status vouches for.
        return found.Length > 1 ? found.FirstOrDefault(pem => IsActive(pem, bundle)) ?? found[0] : found.FirstOrDefault();
    }

    private static string? FileOf(V1ConfigMap shard, string file) => shard.Data?.TryGetValue(file, out var pem) == true ? pem : null;

    private static bool IsActive(string pem, TrustBundle? bundle) =>
        bundle?.Status?.Active is { } active && Digest.Of(Encoding.UTF8.GetBytes(pem)).ToString() == active.Digest;
}
