using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>One ConfigMap while it is being planned: what it is to hold, and what it holds still because the new place is not written yet.</summary>
/// <param name="key">Of the ConfigMap.</param>
/// <param name="seen">What it holds at the moment; null when there is no such ConfigMap, which the operator never makes.</param>
internal sealed class Shard(ResourceKey key, ImmutableSortedDictionary<string, string>? seen)
{
    /// <summary>Well under the 1 MiB of a ConfigMap, of which its metadata and its managed fields need some.</summary>
    public const int Capacity = 900 * 1024;

    private readonly ImmutableSortedDictionary<string, string> now = seen ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    private readonly Dictionary<string, string> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> reserved = new(StringComparer.Ordinal);

    public ResourceKey Key => key;

    /// <summary>What is planned into one that does not exist reaches no gateway.</summary>
    public bool Exists => seen is not null;

    /// <summary>What it holds at the moment.</summary>
    public ImmutableSortedDictionary<string, string> Present => now;

    public int Free => Capacity - reserved.Values.Sum();

    /// <summary>How much there is for this file: what it has already counts.</summary>
    public int RoomFor(string file) => Free + reserved.GetValueOrDefault(file);

    public void Reserve(string file, int size) => reserved[file] = size;

    public void Put(string file, string content)
    {
        files[file] = content;
        reserved[file] = ShardFile.Size(file, content);
    }

    /// <summary>The file is planned elsewhere. Its room here becomes free when it is seen to have left: a file is in its new shard before it leaves the old one.</summary>
    public void Leave(string file)
    {
        files.Remove(file);

        if (now.TryGetValue(file, out var content))
        {
            reserved[file] = ShardFile.Size(file, content);
        }
        else
        {
            reserved.Remove(file);
        }
    }

    public ImmutableSortedDictionary<string, string> Planned() => files.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
