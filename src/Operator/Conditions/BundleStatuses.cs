using System.Collections.Immutable;
using System.Text;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.Operator.Translation.Bundles;

namespace Portcullis.Operator.Conditions;

/// <summary>The status of one TrustBundle.</summary>
internal static class BundleStatuses
{
    private const int MostCertificates = 64;

    public static TrustBundleStatus Of(ResourceKey key, TrustBundle resource, TranslationResult translation, FleetView fleet, DateTimeOffset now)
    {
        var bundle = translation.TrustBundles[key];
        var generation = resource.Metadata.Generation ?? 0;
        var delivery = Heard(resource, bundle, translation, fleet);
        var inForce = InForceText(bundle);
        ImmutableArray<Answer> answers =
        [
            ProblemConditions.Answer(ConditionType.Accepted, bundle.Problems, "Accepted", "Every source is a clean list of certificates.", inForce),
            ProblemConditions.Answer(ConditionType.ResolvedRefs, bundle.Problems, "ResolvedRefs", "Every source exists.", inForce),
            delivery.Answer,
        ];
        var certificates = Certificates(bundle, now);

        return new TrustBundleStatus
        {
            ObservedGeneration = generation,
            Conditions = ConditionList.Of(
                ConditionList.WithSummary(answers, bundle.Problems, "The bundle is in force as declared."),
                resource.Status?.Conditions ?? [],
                generation,
                now),
            Active = Active(bundle),
            Candidate = Candidate(bundle),
            Certificates = [.. certificates.Take(MostCertificates)],
            CertificateCount = certificates.Length,
            Consumers = bundle.Consumers.Length,
            ProgrammedReplicas = delivery.Count,
            EarliestExpiry = bundle.PublishedMembers.Select(member => (DateTimeOffset?)member.NotAfter).Min(),
        };
    }

    /// <summary>What gateways say. A new leader has not heard all of them yet, and does not take their silence for bad news (P8).</summary>
    private static Delivery Heard(TrustBundle resource, TranslatedBundle bundle, TranslationResult translation, FleetView fleet)
    {
        var acknowledged = bundle.Published is { } published && !bundle.Gateways.IsEmpty ? Delivered(bundle, published, translation, fleet) : null;
        var delivery = Delivery.Of(acknowledged, () => NotDelivered(bundle), bundle.Problems);
        var before = resource.Status is { } status && status.ObservedGeneration == (resource.Metadata.Generation ?? 0) ? status : null;

        return before is null || fleet.HasHeardFrom(bundle.Gateways) || bundle.Problems.Any(ReadFaults.IsWait)
            ? delivery
            : delivery.OrBefore(before.Conditions, before.ProgrammedReplicas);
    }

    /// <summary>Pushed and mounted, both: only together they are trust (P2).</summary>
    private static Acknowledgements Delivered(TranslatedBundle bundle, CompiledBundle published, TranslationResult translation, FleetView fleet) =>
        Acknowledgements.Of(EntryKey.Bundle(bundle.Key), bundle.Gateways, translation, fleet, replica => replica.Bundle(bundle.Key) switch
        {
            { Mounted: { } mounted } when mounted == published.Digest => null,
            { Problem: { } problem } => problem,
            _ => "waits for the newest content to be mounted",
        });

    private static Answer NotDelivered(TranslatedBundle bundle) => bundle.Published is null
        ? new Answer(ConditionType.Programmed, Answer.False, "Pending", "Nothing of this bundle can be in force; routes that need it answer 503.")
        : new Answer(ConditionType.Programmed, Answer.True, "Programmed", "No route on any gateway refers to this bundle, so there is nothing to deliver.");

    /// <summary>What a problem means for those who rely on the bundle; null without a problem.</summary>
    private static string? InForceText(TranslatedBundle bundle)
    {
        // Of what found no room, the problem itself says what is in force.
        if (bundle.Problems.All(problem => problem.Reason == ProblemReason.ShardsFull))
        {
            return null;
        }

        if (bundle.Published is null)
        {
            return "Nothing of this bundle is in force.";
        }

        var held = bundle.HeldSources.Where(name => name != LastGood.Unattributed).Select(name => $"'{name}'").ToImmutableArray();
        return held.IsEmpty ? "What the other sources hold is in force." : $"What {string.Join(", ", held)} last held stays in force.";
    }

    private static ActiveBundle? Active(TranslatedBundle bundle) => bundle.Published is not { } published ? null : new ActiveBundle
    {
        Digest = published.Digest.ToString(),
        Anchors = published.Anchors.Length,
        Intermediates = bundle.PublishedMembers.Length - published.Anchors.Length,
        SizeBytes = Encoding.UTF8.GetByteCount(published.Pem),
    };

    private static CandidateBundle? Candidate(TranslatedBundle bundle) => bundle.Rollout is not { } rollout ? null : new CandidateBundle
    {
        Digest = rollout.Target.ToString(),
        State = "Distributing",
        Added = [.. rollout.Arriving.Keys.Select(anchor => anchor.ToString())],
        Removed = [.. rollout.Leaving.Keys.Select(anchor => anchor.ToString())],
    };

    /// <summary>What is declared, and what still serves although it is not any more.</summary>
    private static ImmutableArray<BundleCertificate> Certificates(TranslatedBundle bundle, DateTimeOffset now)
    {
        var leaving = bundle.Rollout?.Leaving ?? ImmutableSortedDictionary<Digest, DateTimeOffset>.Empty;

        return
        [
            .. bundle.Members.Select(member => Row(member, ReasonToIgnore(member, now)))
                .Concat(bundle.PublishedMembers.Where(member => leaving.ContainsKey(member.Sha256)).Select(member => Row(member, BundleStatusText.Leaving)))
                .OrderBy(row => row.Role == BundleStatusText.Ignored),
        ];
    }

    private static BundleCertificate Row(BundleMember member, string? ignored) => new()
    {
        Role = ignored is not null ? BundleStatusText.Ignored : member.Role == MemberRole.Anchor ? BundleStatusText.Anchor : BundleStatusText.Intermediate,
        Reason = ignored,
        Subject = member.Subject,
        NotAfter = member.NotAfter,
        Sha256 = member.Sha256.ToString(),
        Source = BundleStatusText.Sources(member.Sources),
    };

    private static string? ReasonToIgnore(BundleMember member, DateTimeOffset now)
    {
        if (member.Role == MemberRole.NotAnAnchor)
        {
            return "NotAnAnchor";
        }

        return member.IsExpired(now) ? "Expired" : null;
    }
}
