using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>
/// Brings a compiled bundle into force. A removal is pushed at once, unless new anchors are on their way to the gateways: then old and new serve
/// together until every connected gateway that uses the bundle has mounted the new ones, or two minutes have passed. Removal and shrunken mount leave in
/// the same turn: the mount is the slower channel, and either one alone removes (P2).
/// </summary>
internal static class BundleRollouts
{
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(2);

    /// <param name="users">Names of the gateways that are sent the bundle.</param>
    /// <returns>What may be published, what is wanted most first; a later one needs less room.</returns>
    public static ImmutableArray<TranslatedBundle> Advance(
        BundleDraft draft, ImmutableArray<string> users, ImmutableArray<ResourceKey> consumers, FleetState fleet, DateTimeOffset now)
    {
        var result = new TranslatedBundle
        {
            Key = draft.Key,
            Uid = draft.Resource.Metadata.Uid,
            State = draft.State,
            Problems = draft.Problems,
            Members = draft.Members,
            Contributions = draft.Contributions,
            HeldSources = draft.HeldSources,
            Readings = draft.Readings,
            Consumers = consumers,
            Gateways = users,
        };

        return draft.State == BundleState.InForce
            ? WithPublication(result, draft, users, fleet, now)
            : [result];
    }

    /// <summary>There is no room for the newest content: what was published stays. What was removed leaves it nevertheless, by the pushed list alone (P2).</summary>
    /// <returns>Null when nothing was published.</returns>
    public static TranslatedBundle? Unmoved(TranslatedBundle wanted, LastGood lastGood)
    {
        if (lastGood.Published.IsEmpty || wanted.Published is not { } target)
        {
            return null;
        }

        var published = TrustBundleCompiler.Assemble(wanted.Key, lastGood.Published);

        return wanted with
        {
            Published = published,
            PublishedMembers = lastGood.Published,
            Pushed = [.. wanted.Pushed.Where(anchor => target.Anchors.Contains(anchor) && published.Anchors.Contains(anchor))],
            Rollout = null,
        };
    }

    private static ImmutableArray<TranslatedBundle> WithPublication(
        TranslatedBundle result, BundleDraft draft, ImmutableArray<string> users, FleetState fleet, DateTimeOffset now)
    {
        var target = TrustBundleCompiler.Assemble(draft.Key, draft.Target);
        var arriving = Arriving(draft.LastGood, target, now);
        var leaving = Leaving(draft.LastGood, target, now);
        var staying = draft.LastGood.Published.Where(member => leaving.ContainsKey(member.Sha256) || member.Role == MemberRole.Intermediate);
        var union = TrustBundleCompiler.Assemble(draft.Key, [.. draft.Target, .. staying]);
        var hasArrived = arriving.IsEmpty || IsMountedEverywhere(draft.Key, Publications(union, target, draft), users, fleet);
        var waits = !hasArrived
            && !leaving.IsEmpty
            && draft.Resource.Spec.Rollout?.OnRemoval != RemovalMode.Close
            && union.Pem.Length <= TrustBundleCompiler.MaximumSize;

        var direct = result with
        {
            Published = target,
            PublishedMembers = draft.Target,
            Pushed = target.Anchors,
            Rollout = hasArrived ? null : new BundleRollout { Arriving = arriving, Leaving = leaving.Clear(), Target = target.Digest },
        };
        var both = result with
        {
            Published = union,
            PublishedMembers = [.. draft.Target.Concat(staying).DistinctBy(member => member.Sha256)],
            Pushed = [.. target.Anchors.Concat(leaving.Keys).Order()],
            Rollout = new BundleRollout { Arriving = arriving, Leaving = leaving, Target = target.Digest },
        };

        return waits ? [both, direct] : [direct];
    }

    /// <summary>Nothing arrives at a bundle of which nothing was in force: there is no old trust that could carry the traffic meanwhile.</summary>
    private static ImmutableSortedDictionary<Digest, DateTimeOffset> Arriving(LastGood lastGood, CompiledBundle target, DateTimeOffset now) =>
        lastGood.Published.IsEmpty
            ? ImmutableSortedDictionary<Digest, DateTimeOffset>.Empty
            : Since(
                target.Anchors.Where(anchor => !lastGood.Pushed.Contains(anchor) || lastGood.Rollout?.Arriving.ContainsKey(anchor) == true),
                lastGood.Rollout?.Arriving,
                now);

    private static ImmutableSortedDictionary<Digest, DateTimeOffset> Leaving(LastGood lastGood, CompiledBundle target, DateTimeOffset now) =>
        Since(lastGood.Pushed.Except(target.Anchors), lastGood.Rollout?.Leaving, now);

    /// <summary>What has waited longer than our patience waits no more.</summary>
    private static ImmutableSortedDictionary<Digest, DateTimeOffset> Since(
        IEnumerable<Digest> anchors, ImmutableSortedDictionary<Digest, DateTimeOffset>? before, DateTimeOffset now) =>
        anchors
            .Select(anchor => KeyValuePair.Create(anchor, before?.TryGetValue(anchor, out var since) == true ? since : now))
            .Where(pair => now - pair.Value < Patience)
            .ToImmutableSortedDictionary();

    /// <summary>The publications that hold every anchor of the target.</summary>
    private static ImmutableHashSet<Digest> Publications(CompiledBundle union, CompiledBundle target, BundleDraft draft)
    {
        var known = ImmutableHashSet.Create(union.Digest, target.Digest);
        var before = TrustBundleCompiler.Assemble(draft.Key, draft.LastGood.Published);

        return target.Anchors.All(before.Anchors.Contains) ? known.Add(before.Digest) : known;
    }

    /// <summary>A gateway of which no replica is connected may be anywhere, so it counts as not there yet.</summary>
    private static bool IsMountedEverywhere(ResourceKey bundle, ImmutableHashSet<Digest> publications, ImmutableArray<string> users, FleetState fleet)
    {
        return users.All(user => fleet.Gateways.Any(replica => replica.Gateway == user))
            && fleet.Gateways.Where(replica => users.Contains(replica.Gateway)).All(HasMounted);

        bool HasMounted(GatewayState replica) =>
            replica.Bundles.TryGetValue(bundle, out var report) && report.Mounted is { } mounted && publications.Contains(mounted);
    }
}
