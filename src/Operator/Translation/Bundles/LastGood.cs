using System.Collections.Immutable;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>
/// What was in force of a bundle before this translation, by source, so that a source that breaks keeps its own part while the others move on (P3).
/// It is remembered from the previous translation; after a restart it is read back from what was published.
/// </summary>
internal sealed record LastGood
{
    /// <summary>Members of which no source is known any more. They stay as long as any source is broken.</summary>
    public const string Unattributed = "";

    public static LastGood Nothing { get; } = new();

    public ImmutableSortedDictionary<string, ImmutableArray<BundleMember>> Contributions { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<BundleMember>>(StringComparer.Ordinal);

    /// <summary>Everything that was mounted.</summary>
    public ImmutableArray<BundleMember> Published { get; init; } = [];

    /// <summary>The anchors that were pushed, ordered.</summary>
    public ImmutableArray<Digest> Pushed { get; init; } = [];

    /// <summary>The change that was on its way; null when none was.</summary>
    public BundleRollout? Rollout { get; init; }

    public static LastGood Of(TrustBundle bundle, ResourceKey key, ResourceSnapshot snapshot, TranslationResult? previous, DateTimeOffset now)
    {
        if (previous is null)
        {
            return FromPublication(bundle, key, snapshot, now);
        }

        // A bundle that was deleted and made again under its name is another one: it inherits no trust, whatever of the old one is still lying about.
        return previous.TrustBundles.TryGetValue(key, out var before) && before.Uid == bundle.Metadata.Uid && before.Published is not null
            ? new LastGood { Contributions = before.Contributions, Published = before.PublishedMembers, Pushed = before.Pushed, Rollout = before.Rollout }
            : Nothing;
    }

    /// <summary>
    /// The publication is a ConfigMap or a file, which others may have altered: only the status makes it last good. As a whole when it is what the status names by
    /// its digest. Status and publication are two writes, and an operator that ends between them leaves two moments: then each certificate that the status lists as
    /// in use is last good, and no other.
    /// </summary>
    private static LastGood FromPublication(TrustBundle bundle, ResourceKey key, ResourceSnapshot snapshot, DateTimeOffset now)
    {
        if (!snapshot.PublishedBundles.TryGetValue(key, out var pem)
            || bundle.Status is not { Active: { } active } status
            || !CertificateList.TryRead(pem, out var published, out _))
        {
            return Nothing;
        }

        var isWhole = Digest.Of(Encoding.UTF8.GetBytes(pem)).ToString() == active.Digest;
        var members = isWhole ? published : [.. published.Where(member => status.Certificates.Any(row => row.Sha256 == member.Sha256.ToString() && IsInUse(row)))];

        return members.IsEmpty
            ? Nothing
            : new LastGood
            {
                Contributions = Attributed(members, status),
                Published = members,
                Pushed = [.. members.Where(member => member.Role == MemberRole.Anchor).Select(member => member.Sha256).Order()],
                Rollout = status.Candidate is { } candidate ? Resumed(candidate, now) : null,
            };
    }

    private static bool IsInUse(BundleCertificate row) =>
        row.Role is BundleStatusText.Anchor or BundleStatusText.Intermediate || row.Reason == BundleStatusText.Leaving;

    /// <summary>When the change began is not known any more, so its patience begins again.</summary>
    private static BundleRollout? Resumed(CandidateBundle candidate, DateTimeOffset now) =>
        Digest.TryParse(candidate.Digest, out var target)
            ? new BundleRollout { Arriving = Moments(candidate.Added, now), Leaving = Moments(candidate.Removed, now), Target = target }
            : null;

    private static ImmutableSortedDictionary<Digest, DateTimeOffset> Moments(ImmutableArray<string> anchors, DateTimeOffset now) =>
        anchors
            .Where(anchor => Digest.TryParse(anchor, out _))
            .ToImmutableSortedDictionary(Digest.Parse, _ => now);

    private static ImmutableSortedDictionary<string, ImmutableArray<BundleMember>> Attributed(ImmutableArray<BundleMember> members, TrustBundleStatus status)
    {
        var sources = status.Certificates.ToLookup(certificate => certificate.Sha256);
        var listIsWhole = status.CertificateCount <= status.Certificates.Length;

        return members
            .SelectMany(member => SourcesOf(member, sources[member.Sha256.ToString()], listIsWhole).Select(source => (source, member)))
            .GroupBy(pair => pair.source, pair => pair.member)
            .ToImmutableSortedDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);
    }

    private static IEnumerable<string> SourcesOf(BundleMember member, IEnumerable<BundleCertificate> listed, bool listIsWhole)
    {
        var rows = listed.ToImmutableArray();

        if (rows.IsEmpty)
        {
            // Published but not listed: cut off from the list, or on its way out when the status was written.
            return listIsWhole ? [] : [Unattributed];
        }

        return rows
            .Where(row => row.Role != BundleStatusText.Ignored)
            .SelectMany(row => BundleStatusText.Sources(row.Source) is { IsEmpty: false } names ? names : [Unattributed]);
    }
}
