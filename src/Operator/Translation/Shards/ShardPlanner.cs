using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Bundles;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>
/// Finds room for every bundle in the shards of the gateways that use it. What is published keeps its room; then bundles ask in the order of their age. Who
/// does not fit in all its gateways is refused in all of them, so that they verify alike; nobody loses room to a newcomer. A ConfigMap that does not exist is
/// filled last. Without shards everything fits.
/// </summary>
internal static class ShardPlanner
{
    public static ShardPlan Plan(ImmutableArray<ShardRequest> requests, ResourceSnapshot snapshot, TranslationResult? previous, TranslationOptions options)
    {
        var shards = options.Gateways
            .SelectMany(gateway => gateway.Shards.Select(name => new ResourceKey(gateway.Namespace, name)))
            .Distinct()
            .ToImmutableSortedDictionary(key => key, key => new Shard(key, snapshot.Shards.GetValueOrDefault(key)));
        var gateways = options.Gateways
            .DistinctBy(gateway => gateway.Name)
            .Where(gateway => !gateway.Shards.IsEmpty)
            .ToImmutableDictionary(
                gateway => gateway.Name,
                gateway => new GatewayShards(gateway, [.. gateway.Shards.Distinct().Select(name => shards[new ResourceKey(gateway.Namespace, name)])]),
                StringComparer.Ordinal);
        var queue = requests.OrderBy(request => request.Created).ThenBy(request => request.Wanted.Key).ToImmutableArray();

        foreach (var request in queue)
        {
            KeepPublished(request, Users(request, gateways), previous);
        }

        var bundles = queue.Select(request => Granted(request, Users(request, gateways))).ToImmutableSortedDictionary(bundle => bundle.Key, bundle => bundle);

        return new ShardPlan(bundles, shards.ToImmutableSortedDictionary(shard => shard.Key, shard => shard.Value.Planned()));
    }

    /// <summary>Only gateways with shards; a folder has room for everything.</summary>
    private static ImmutableArray<GatewayShards> Users(ShardRequest request, ImmutableDictionary<string, GatewayShards> gateways) =>
        request.Wanted.Published is null ? [] : [.. request.Wanted.Gateways.Where(gateways.ContainsKey).Select(gateway => gateways[gateway])];

    private static void KeepPublished(ShardRequest request, ImmutableArray<GatewayShards> users, TranslationResult? previous)
    {
        if (request.Unmoved?.Published is not { } published)
        {
            return;
        }

        var file = ShardFile.NameOf(published.Key);
        var size = Math.Min(ShardFile.Size(published), ShardFile.Size(request.Wanted.Published!));

        foreach (var user in users)
        {
            // What was planned may not be written yet; planning it elsewhere meanwhile would move it to and fro.
            if (user.Home(file, previous?.Publication.Shards) is { } home && size <= home.RoomFor(file))
            {
                user.Keep(file, home, size);
            }
        }
    }

    private static TranslatedBundle Granted(ShardRequest request, ImmutableArray<GatewayShards> users)
    {
        if (users.IsEmpty)
        {
            return request.Wanted;
        }

        if (!ShardFile.CanName(request.Wanted.Key))
        {
            return Refused(request, users, ShardProblems.NameTooLong(request.Wanted.Key));
        }

        return request.Candidates.FirstOrDefault(candidate => TryPut(candidate.Published!, users))
            ?? Refused(request, users, ShardProblems.NoRoom(request, users));
    }

    /// <summary>In all of them or in none.</summary>
    private static bool TryPut(CompiledBundle bundle, ImmutableArray<GatewayShards> users)
    {
        var file = ShardFile.NameOf(bundle.Key);
        var places = users.Select(user => user.TryFind(file, ShardFile.Size(bundle), out var shard) ? shard : null).ToImmutableArray();

        if (places.Contains(null))
        {
            return false;
        }

        foreach (var (user, place) in users.Zip(places))
        {
            user.Put(file, bundle.Pem, place!);
        }

        return true;
    }

    private static TranslatedBundle Refused(ShardRequest request, ImmutableArray<GatewayShards> users, Problem problem)
    {
        var wanted = request.Wanted;

        if (request.Unmoved is not { Published: { } published } unmoved)
        {
            return wanted with { State = BundleState.Unknown, Published = null, PublishedMembers = [], Pushed = [], Rollout = null, Problems = [.. wanted.Problems, problem] };
        }

        var file = ShardFile.NameOf(published.Key);

        // A gateway that begins to use the bundle gets what the others have, where that fits.
        foreach (var user in users)
        {
            if (user.TryFind(file, ShardFile.Size(published), out var shard))
            {
                user.Put(file, published.Pem, shard);
            }
        }

        return unmoved with { Problems = [.. unmoved.Problems, problem] };
    }
}
