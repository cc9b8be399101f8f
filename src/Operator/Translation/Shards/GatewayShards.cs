using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>The shards of one gateway while they are being planned, and which of them is the home of which file.</summary>
internal sealed class GatewayShards(DeclaredGateway gateway, ImmutableArray<Shard> shards)
{
    private readonly Dictionary<string, Shard> homes = new(StringComparer.Ordinal);

    public string Name => gateway.Name;

    public int Count => shards.Length;

    /// <summary>Where the file was planned to be, else where it is; null when it is nowhere. A shard that does not exist is nobody's home while there is another.</summary>
    /// <param name="planned">The plan before this one; null after a start.</param>
    public Shard? Home(string file, ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>>? planned) =>
        shards.FirstOrDefault(shard => shard.Exists && IsIn(planned, shard, file))
        ?? shards.FirstOrDefault(shard => shard.Present.ContainsKey(file))
        ?? shards.FirstOrDefault(shard => IsIn(planned, shard, file));

    /// <summary>Keeps what is published where it is, before anybody else asks for room.</summary>
    public void Keep(string file, Shard shard, int size)
    {
        homes[file] = shard;
        shard.Reserve(file, size);
        LeaveOthers(file, shard);
    }

    /// <summary>
    /// The shard that has the file already, or else the first one with room. One that does not exist comes after all that do, even for what was planned into
    /// it: nothing is in it that would have to move.
    /// </summary>
    public bool TryFind(string file, int size, [NotNullWhen(true)] out Shard? shard)
    {
        var fitting = shards.Where(candidate => size <= candidate.RoomFor(file)).ToImmutableArray();
        var home = homes.GetValueOrDefault(file);
        shard = fitting.OrderByDescending(candidate => candidate.Exists).ThenByDescending(candidate => candidate == home).FirstOrDefault();

        return shard is not null;
    }

    public void Put(string file, string content, Shard shard)
    {
        homes[file] = shard;
        shard.Put(file, content);
        LeaveOthers(file, shard);
    }

    public int LargestRoom(string file) => shards.Max(shard => shard.RoomFor(file));

    private static bool IsIn(ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>>? planned, Shard shard, string file) =>
        planned?.GetValueOrDefault(shard.Key)?.ContainsKey(file) == true;

    private void LeaveOthers(string file, Shard home)
    {
        foreach (var other in shards.Where(shard => shard != home))
        {
            other.Leave(file);
        }
    }
}
