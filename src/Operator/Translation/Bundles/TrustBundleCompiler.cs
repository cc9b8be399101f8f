using System.Collections.Immutable;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>
/// One TrustBundle → the certificates that are to be in force. Each source counts by itself: a broken one keeps what it last held, while anchors that
/// valid content of another source no longer holds, or whose source entry was deleted, go.
/// </summary>
internal static class TrustBundleCompiler
{
    public const int MaximumSize = 256 * 1024;

    public static BundleDraft Compile(ResourceKey key, TrustBundle bundle, ResourceSnapshot snapshot, TranslationResult? previous, DateTimeOffset now)
    {
        var lastGood = LastGood.Of(bundle, key, snapshot, previous, now);
        var unread = bundle.Unread is { } newest ? BundleProblems.Unread(newest) : null;

        // An outline has nothing that could be found fault with, or be acted upon.
        var specProblems = bundle.Unread is { StandIn: StandIn.Outline } ? [unread!] : RolloutProblems(bundle.Spec).Concat(SourceListProblems(bundle.Spec)).ToImmutableArray();
        var earlier = previous?.TrustBundles.GetValueOrDefault(key)?.Readings ?? [];
        var readings = bundle.Spec.Sources
            .Select((source, index) => SourceReader.Read(source, $"spec.sources[{index}]", key.Namespace, snapshot, earlier.ElementAtOrDefault(index)))
            .ToImmutableArray();
        var draft = new BundleDraft
        {
            Key = key,
            Resource = bundle,
            LastGood = lastGood,
            Readings = readings,
            Problems = [.. new[] { unread }.OfType<Problem>().Union(specProblems), .. readings.Select(reading => reading.Problem).OfType<Problem>()],
            Contributions = lastGood.Contributions,
            HeldSources = [.. lastGood.Contributions.Keys],
            Members = [],
            State = BundleState.Unknown,
            Target = [],
        };

        // A spec that is not accepted changes nothing.
        if (!specProblems.IsEmpty)
        {
            return WithTarget(draft, now);
        }

        if (readings.Any(reading => reading.Problem is { } problem && ReadFaults.IsWait(problem)))
        {
            return Waiting(draft, readings, now);
        }

        var broken = readings.Where(reading => reading.Problem is not null).Select(reading => reading.Name).ToImmutableArray();
        var candidate = WithTarget(
            draft with { Contributions = Contributions(readings, lastGood), HeldSources = [.. broken.Where(lastGood.Contributions.ContainsKey)] },
            now);
        var size = candidate.Target.Sum(member => member.Pem.Length);

        if (size > MaximumSize)
        {
            return WithTarget(draft with { Problems = [.. draft.Problems, BundleProblems.TooLarge(size)] }, now);
        }

        // Nothing was ever in force: a part of what is declared would be another trust set than the declared one.
        return broken.IsEmpty || !lastGood.Published.IsEmpty
            ? candidate
            : candidate with { State = BundleState.Unknown, Target = [], Problems = draft.Problems };
    }

    /// <summary>
    /// A source of which nothing is known yet: the bundle stays as it was, so that an edit that moves certificates to a new place does not take trust away
    /// before the place was looked at. Only what valid content of a known source no longer holds goes, as always at once (P3).
    /// </summary>
    private static BundleDraft Waiting(BundleDraft draft, ImmutableArray<SourceReading> readings, DateTimeOffset now)
    {
        if (draft.LastGood.Published.IsEmpty)
        {
            return draft with { State = BundleState.NotRead };
        }

        var readable = readings.Where(reading => reading.Problem is null).ToImmutableDictionary(
            reading => reading.Name, reading => reading.Members.Select(member => member.Sha256).ToImmutableHashSet(), StringComparer.Ordinal);
        var kept = draft.LastGood.Contributions
            .Select(held => KeyValuePair.Create(held.Key, readable.TryGetValue(held.Key, out var present) ? held.Value.RemoveAll(member => !present.Contains(member.Sha256)) : held.Value))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);

        return WithTarget(draft with { Contributions = kept }, now);
    }

    /// <summary>Same certificates, same bytes: anchors first, then intermediates, each ordered by SHA-256.</summary>
    public static CompiledBundle Assemble(ResourceKey key, ImmutableArray<BundleMember> members)
    {
        var anchors = OfRole(members, MemberRole.Anchor);
        var pem = string.Concat(anchors.Concat(OfRole(members, MemberRole.Intermediate)).Select(member => member.Pem));

        return new CompiledBundle
        {
            Key = key,
            Pem = pem,
            Digest = Digest.Of(Encoding.UTF8.GetBytes(pem)),
            Anchors = [.. anchors.Select(anchor => anchor.Sha256)],
        };
    }

    private static ImmutableSortedDictionary<string, ImmutableArray<BundleMember>> Contributions(ImmutableArray<SourceReading> readings, LastGood lastGood)
    {
        var contributions = lastGood.Contributions.Clear();

        foreach (var reading in readings)
        {
            if (reading.Problem is null)
            {
                contributions = contributions.SetItem(reading.Name, reading.Members);
            }
            else if (lastGood.Contributions.TryGetValue(reading.Name, out var held))
            {
                contributions = contributions.SetItem(reading.Name, held);
            }
        }

        var anyBroken = readings.Any(reading => reading.Problem is not null);

        return anyBroken && lastGood.Contributions.TryGetValue(LastGood.Unattributed, out var unattributed)
            ? contributions.SetItem(LastGood.Unattributed, unattributed)
            : contributions;
    }

    private static BundleDraft WithTarget(BundleDraft draft, DateTimeOffset now)
    {
        var members = Merged(draft.Contributions);
        var usable = members.Where(member => member.Role != MemberRole.NotAnAnchor && !member.IsExpired(now)).ToImmutableArray();

        if (members.IsEmpty)
        {
            return draft with { Members = members };
        }

        if (usable.Any(member => member.Role == MemberRole.Anchor))
        {
            return draft with { Members = members, State = BundleState.InForce, Target = usable };
        }

        var problem = usable.IsEmpty ? BundleProblems.NoneValid(members) : BundleProblems.IntermediatesOnly(usable);
        return draft with { Members = members, State = BundleState.Empty, Problems = [.. draft.Problems, problem] };
    }

    private static ImmutableArray<BundleMember> Merged(ImmutableSortedDictionary<string, ImmutableArray<BundleMember>> contributions) =>
    [
        .. contributions
            .SelectMany(contribution => contribution.Value.Select(member => (Source: contribution.Key, Member: member)))
            .GroupBy(pair => pair.Member.Sha256)
            .Select(group => group.First().Member with
            {
                Sources = [.. group.Select(pair => pair.Source).Where(source => source != LastGood.Unattributed).Distinct()],
            })
            .OrderBy(member => member.Role)
            .ThenBy(member => member.Sha256),
    ];

    private static ImmutableArray<BundleMember> OfRole(ImmutableArray<BundleMember> members, MemberRole role) =>
        [.. members.Where(member => member.Role == role).DistinctBy(member => member.Sha256).OrderBy(member => member.Sha256)];

    private static IEnumerable<Problem> SourceListProblems(TrustBundleSpec spec)
    {
        if (spec.Sources.IsEmpty)
        {
            yield return new Problem(
                ProblemReason.InvalidValue,
                "spec.sources",
                "A TrustBundle needs at least one source. Add one, or delete the TrustBundle.");
        }

        foreach (var name in spec.Sources.GroupBy(source => source.Name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            yield return new Problem(ProblemReason.InvalidValue, "spec.sources", $"Two sources are called '{name}'. Give each its own name.");
        }
    }

    private static IEnumerable<Problem> RolloutProblems(TrustBundleSpec spec)
    {
        if (spec.ExpiryWarning is not null)
        {
            yield return BundleProblems.Unsupported("spec.expiryWarning", "A warning before certificates expire", "Remove the field.");
        }

        if (spec.Rollout is not { } rollout)
        {
            yield break;
        }

        if (rollout.Preflight is not null and not Preflight.Off)
        {
            yield return BundleProblems.Unsupported(
                "spec.rollout.preflight",
                "Trying a change out before it is in force",
                "Set it to Off, or remove the field.");
        }

        if (rollout.PreflightTimeout is not null)
        {
            yield return BundleProblems.Unsupported("spec.rollout.preflightTimeout", "Trying a change out before it is in force", "Remove the field.");
        }

        if (rollout.ApprovedDigest is not null)
        {
            yield return BundleProblems.Unsupported("spec.rollout.approvedDigest", "Approving a change that is held", "Remove the field; no change is held.");
        }

        if (rollout.DrainTimeout is not null && !(Duration.TryParse(rollout.DrainTimeout, out var drain) && drain <= TimeSpan.FromHours(1)))
        {
            yield return new Problem(
                ProblemReason.InvalidValue,
                "spec.rollout.drainTimeout",
                $"'{rollout.DrainTimeout}' is not a duration of at most 1h. Write it as 30s or 5m.");
        }
    }
}
