using System.Collections.Immutable;
using System.Text;
using Portcullis.Contract;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;

using Files = ImmutableSortedDictionary<string, string>;

/// <summary>
/// What each shard is to hold after its next write. A bundle that moves leaves its old shard only when the new one is known to hold it, so that
/// no gateway ever mounts neither; planned again after each round of writes until nothing differs.
/// </summary>
internal static class ShardPlan
{
    /// <summary>What the API server admits in one ConfigMap; it counts values only, we count names too.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <param name="wanted">What the shards are to hold in the end.</param>
    /// <param name="held">What those hold that can be written.</param>
    /// <param name="gatewayOf">A file of one gateway's shard says nothing about another's.</param>
    public static ImmutableSortedDictionary<ResourceKey, Files> Next(
        ImmutableSortedDictionary<ResourceKey, Files> wanted, ImmutableSortedDictionary<ResourceKey, Files> held, Func<ResourceKey, string> gatewayOf) =>
        held.Keys.Where(wanted.ContainsKey).ToImmutableSortedDictionary(
            shard => shard,
            shard => Next(shard, wanted, held, [.. wanted.Keys.Where(other => other != shard && gatewayOf(other) == gatewayOf(shard))]));

    private static Files Next(
        ResourceKey shard,
        ImmutableSortedDictionary<ResourceKey, Files> wanted,
        ImmutableSortedDictionary<ResourceKey, Files> held,
        ImmutableArray<ResourceKey> siblings)
    {
        var next = held[shard].RemoveRange(held[shard].Keys.Where(file => !wanted[shard].ContainsKey(file) && !IsLeaving(file, wanted, held, siblings)));
        var size = next.Sum(file => SizeOf(file.Key, file.Value));

        // Moves first: they make room in the shard they come from. What does not fit yet comes with a later round.
        foreach (var (file, content) in wanted[shard]
            .Where(file => held[shard].GetValueOrDefault(file.Key) != file.Value)
            .OrderBy(file => !siblings.Any(sibling => held.TryGetValue(sibling, out var files) && files.ContainsKey(file.Key))))
        {
            var grown = size + SizeOf(file, content) - (next.TryGetValue(file, out var before) ? SizeOf(file, before) : 0);

            if (grown <= MostBytes)
            {
                (next, size) = (next.SetItem(file, content), grown);
            }
        }

        return next;
    }

    /// <summary>Another shard of the gateway is to hold the file and does not yet.</summary>
    private static bool IsLeaving(
        string file,
        ImmutableSortedDictionary<ResourceKey, Files> wanted,
        ImmutableSortedDictionary<ResourceKey, Files> held,
        ImmutableArray<ResourceKey> siblings) =>
        siblings.Any(sibling => wanted[sibling].TryGetValue(file, out var content)
            && !(held.TryGetValue(sibling, out var files) && files.GetValueOrDefault(file) == content));

    private static int SizeOf(string file, string content) => file.Length + Encoding.UTF8.GetByteCount(content);
}
