using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;

/// <summary>Makes the trust shards hold exactly what is published: only differences are written, and what somebody else changed comes back.</summary>
/// <param name="api">Asked for shards that the watch does not show.</param>
/// <param name="writes">The way to change them.</param>
/// <param name="gateways">Name of the gateway that mounts a shard.</param>
/// <param name="seen">A shard as the watch shows it; null when it shows none.</param>
/// <param name="failures">Shared with the loop that tries again.</param>
/// <param name="logger">The publisher's.</param>
internal sealed partial class ShardPublisher(
    ApiConnection api,
    LeaderWrites writes,
    IReadOnlyDictionary<ResourceKey, string> gateways,
    Func<ResourceKey, AtHand<ShardContent>?> seen,
    WriteFailures failures,
    ILogger logger)
{
    // A move takes two, and one more for what had to wait until the move made room.
    private const int MostRounds = 8;

    private readonly OwnWrites<ShardContent> own = new();
    private ImmutableDictionary<string, long> written = ImmutableDictionary<string, long>.Empty;

    /// <summary>One at a time.</summary>
    /// <exception cref="StoreBusyException">The API server answers nobody at present.</exception>
    public async Task<ShardTurn> PublishAsync(BundlePublication publication, CancellationToken cancellationToken)
    {
        var wanted = publication.Shards;
        var known = wanted.Keys.Select(Ref).ToHashSet();
        own.Keep(known);
        failures.Keep(known);
        var held = await HeldAsync(wanted.Keys, cancellationToken).ConfigureAwait(false);
        var free = held.Where(shard => MayTry(shard.Key, shard.Value)).Select(shard => shard.Key).ToHashSet();

        for (var round = 0; round < MostRounds; round++)
        {
            var next = ShardPlan.Next(wanted, Contents(held), GatewayOf);
            var differing = next.Where(shard => free.Contains(shard.Key) && !held[shard.Key].Content.Holds(shard.Value)).ToImmutableArray();

            if (differing.IsEmpty)
            {
                break;
            }

            var results = await Task.WhenAll(differing.Select(shard => WriteAsync(shard.Key, held[shard.Key], shard.Value, cancellationToken)))
                .ConfigureAwait(false);

            // One that was refused waits for its next turn; what moves into it stays where it is until then.
            free.ExceptWith(differing.Where((_, index) => results[index] is null).Select(shard => shard.Key));
            held = held.SetItems(differing.Zip(results, (shard, result) => KeyValuePair.Create(shard.Key, result ?? held[shard.Key])));
        }

        return Outcome(wanted, held, free);
    }

    private async Task<ImmutableSortedDictionary<ResourceKey, AtHand<ShardContent>>> HeldAsync(
        IEnumerable<ResourceKey> shards, CancellationToken cancellationToken)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<ResourceKey, AtHand<ShardContent>>();

        foreach (var shard in shards)
        {
            if ((own.Newest(Ref(shard), seen(shard)) ?? await ReadAsync(shard, cancellationToken).ConfigureAwait(false)) is { } held)
            {
                found[shard] = held;
            }
        }

        return found.ToImmutable();
    }

    /// <summary>The watch may not show it yet, or may be forbidden: only the API server knows whether it exists.</summary>
    private async Task<AtHand<ShardContent>?> ReadAsync(ResourceKey shard, CancellationToken cancellationToken)
    {
        if (failures.IsHeldBack(Ref(shard), "") && !failures.IsDue(Ref(shard)))
        {
            return null;
        }

        var read = new ApiRequest(HttpMethod.Get, ApiKind.ConfigMap.Path(shard.Namespace, shard.Name));

        switch (await api.SendAsync(read, cancellationToken).ConfigureAwait(false))
        {
            case ApiAnswer.Done done:
                return ShardContent.Of(done.Body);
            case ApiAnswer.Refused { Refusal: var refusal } when refusal.IsGone():
                if (failures.Failed(Ref(shard), "", "missing"))
                {
                    var gateway = GatewayOf(shard);
                    Log.Missing(logger, shard, gateway, shard.Name, shard.Namespace);
                }

                return null;
            case ApiAnswer.Refused { Refusal: var refusal }:
                Refused(shard, "", refusal);
                return null;
            default:
                throw new NotSupportedException();
        }
    }

    private bool MayTry(ResourceKey shard, AtHand<ShardContent> held) => !failures.IsHeldBack(Ref(shard), held.ResourceVersion) || failures.IsDue(Ref(shard));

    /// <summary>What the shard holds now; null when it was refused.</summary>
    private async Task<AtHand<ShardContent>?> WriteAsync(
        ResourceKey shard, AtHand<ShardContent> held, ImmutableSortedDictionary<string, string> wanted, CancellationToken cancellationToken)
    {
        switch (await writes.SendAsync(ShardPatch.Of(shard, held, wanted), cancellationToken).ConfigureAwait(false))
        {
            case ApiAnswer.Done done:
                var now = ShardContent.Of(done.Body);
                own.Wrote(Ref(shard), held, now);
                failures.Succeeded(Ref(shard));
                ImmutableInterlocked.AddOrUpdate(ref written, shard.Namespace, 1, (_, count) => count + 1);
                var gateway = GatewayOf(shard);
                Log.Written(logger, shard, gateway, wanted.Count);
                return now;
            case ApiAnswer.Refused { Refusal: var refusal }:
                Refused(shard, held.ResourceVersion, refusal);
                return null;
            default:
                throw new NotSupportedException();
        }
    }

    private void Refused(ResourceKey shard, string version, ApiRefusal refusal)
    {
        if (refusal.IsOfServer())
        {
            throw refusal.Busy();
        }

        if (refusal.IsStale() || refusal.IsGone())
        {
            failures.Failed(Ref(shard), version, "stale", refusal.RetryAfter);
            Log.Stale(logger, shard, refusal);
        }
        else if (failures.Failed(Ref(shard), version, refusal.ToString(), refusal.RetryAfter))
        {
            Report(shard, refusal);
        }
    }

    private void Report(ResourceKey shard, ApiRefusal refusal)
    {
        var gateway = GatewayOf(shard);

        if (refusal.IsForbidden())
        {
            Log.Forbidden(logger, shard, gateway, refusal);
        }
        else if (refusal.IsPassing)
        {
            Log.NotWritten(logger, shard, gateway, refusal);
        }
        else
        {
            Log.Unwritable(logger, shard, gateway, refusal);
        }
    }

    private ShardTurn Outcome(
        ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>> wanted,
        ImmutableSortedDictionary<ResourceKey, AtHand<ShardContent>> held,
        HashSet<ResourceKey> tried)
    {
        var refused = ImmutableHashSet.CreateBuilder<string>();

        foreach (var (shard, now) in held)
        {
            if (now.Content.Holds(wanted[shard]))
            {
                failures.Succeeded(Ref(shard));
                continue;
            }

            refused.Add(shard.Namespace);
            var lacking = wanted[shard].Keys.Where(file => now.Content.Files.GetValueOrDefault(file) != wanted[shard][file]).ToImmutableArray();

            // Nothing was refused, and still there is something to write: only room can be what is missing.
            if (!lacking.IsEmpty && tried.Contains(shard) && failures.Failed(Ref(shard), now.ResourceVersion, "full"))
            {
                Log.Full(logger, shard, GatewayOf(shard), lacking[0], lacking.Length);
            }
        }

        return new ShardTurn(refused.ToImmutable(), written);
    }

    private string GatewayOf(ResourceKey shard) => gateways.GetValueOrDefault(shard) ?? "";

    private static ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>> Contents(
        ImmutableSortedDictionary<ResourceKey, AtHand<ShardContent>> held) =>
        held.ToImmutableSortedDictionary(shard => shard.Key, shard => shard.Value.Content.Files);

    private static ObjectRef Ref(ResourceKey shard) => new(ApiKind.ConfigMap.Name, shard);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Wrote trust shard {Shard} of gateway '{Gateway}'; it holds {Files} bundles.")]
        public static partial void Written(ILogger logger, ResourceKey shard, string gateway, int files);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Trust shard {Shard} changed while it was to be written; trying again with what it holds now. {Refusal}")]
        public static partial void Stale(ILogger logger, ResourceKey shard, ApiRefusal refusal);

        [LoggerMessage(Level = LogLevel.Error, Message = "ConfigMap {Shard}, a trust shard of gateway '{Gateway}', does not exist; bundles that belong in it are not mounted, and the operator never makes it. Run helm upgrade, or: kubectl create configmap {Name} --namespace {Namespace}")]
        public static partial void Missing(ILogger logger, ResourceKey shard, string gateway, string name, string @namespace);

        [LoggerMessage(Level = LogLevel.Error, Message = "ConfigMap {Shard}, a trust shard of gateway '{Gateway}', is forbidden to the operator. Its Role must allow get, list, watch and patch of this very name; helm upgrade puts that back. {Refusal}")]
        public static partial void Forbidden(ILogger logger, ResourceKey shard, string gateway, ApiRefusal refusal);

        [LoggerMessage(Level = LogLevel.Error, Message = "ConfigMap {Shard}, a trust shard of gateway '{Gateway}', cannot be written; gateways keep what they have mounted. Delete it and run helm upgrade if it was made immutable or by somebody else. {Refusal}")]
        public static partial void Unwritable(ILogger logger, ResourceKey shard, string gateway, ApiRefusal refusal);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Could not write trust shard {Shard} of gateway '{Gateway}'; trying again. {Refusal}")]
        public static partial void NotWritten(ILogger logger, ResourceKey shard, string gateway, ApiRefusal refusal);

        [LoggerMessage(Level = LogLevel.Error, Message = "Trust shard {Shard} of gateway '{Gateway}' has no room for '{File}' ({Lacking} files wait). Give the gateway more shards in the chart's values.")]
        public static partial void Full(ILogger logger, ResourceKey shard, string gateway, string file, int lacking);
    }
}
