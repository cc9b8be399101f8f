using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>
/// Builds chains with X509Chain over a choice of certificates. It takes the first issuer of a fitting name and never turns back, so among
/// certificates of the same name (a renewed root, a cross-signed intermediate) each is tried alone.
/// </summary>
internal static class CandidateChains
{
    /// <summary>A peer chooses what it sends: it must not choose how much work that makes.</summary>
    public const int MostAlternatives = 12;

    public static CandidateChain Build(X509Certificate2 leaf, ImmutableArray<X509Certificate2> peer, TrustSet trust, DateTimeOffset at) =>
        Build(leaf, trust.Anchors, [.. trust.Intermediates, .. peer], at);

    /// <summary>Empty unless certificates share a name, or one expires this very second.</summary>
    public static IEnumerable<CandidateChain> Alternatives(X509Certificate2 leaf, ImmutableArray<X509Certificate2> peer, TrustSet trust, DateTimeOffset at)
    {
        ImmutableArray<X509Certificate2> helpers = [.. trust.Intermediates.Concat(peer).DistinctBy(certificate => certificate.Thumbprint)];
        var issuerNames = helpers.Append(leaf).Select(certificate => Convert.ToHexString(certificate.IssuerName.RawData)).ToHashSet(StringComparer.Ordinal);
        var anchorChoices = AnchorChoices(trust.Anchors, issuerNames);
        var helperChoices = HelperChoices(helpers, issuerNames);

        return anchorChoices
            .SelectMany(anchors => helperChoices.Select(chosen => (anchors, chosen)))
            .Skip(1)
            .Take(MostAlternatives)
            .Select(choice => Build(leaf, choice.anchors, choice.chosen, at))
            .Concat(InTheLastSecond(leaf, helpers, trust, at));
    }

    // OpenSSL counts the second named in notAfter as over, RFC 5280 (4.1.2.5) does not. PathRules holds the path against the true moment.
    private static IEnumerable<CandidateChain> InTheLastSecond(
        X509Certificate2 leaf, ImmutableArray<X509Certificate2> helpers, TrustSet trust, DateTimeOffset at)
    {
        var second = at.ToUnixTimeSeconds();
        if (helpers.Concat(trust.Anchors).Append(leaf).Any(certificate => certificate.ValidUntil().ToUnixTimeSeconds() == second))
        {
            yield return Build(leaf, trust.Anchors, helpers, at.AddSeconds(-1));
        }
    }

    // The whole first, then each of several with one name alone.
    private static List<ImmutableArray<X509Certificate2>> AnchorChoices(ImmutableArray<X509Certificate2> anchors, HashSet<string> issuerNames) =>
        [anchors, .. SharingAName(anchors, issuerNames).Select(anchor => ImmutableArray.Create(anchor))];

    // The whole first, then without the others of one name.
    private static List<ImmutableArray<X509Certificate2>> HelperChoices(ImmutableArray<X509Certificate2> helpers, HashSet<string> issuerNames) =>
        [helpers, .. SharingAName(helpers, issuerNames).Select(kept => helpers.RemoveAll(other => other != kept && other.NamedLike(kept.SubjectName)))];

    private static IEnumerable<X509Certificate2> SharingAName(ImmutableArray<X509Certificate2> certificates, HashSet<string> issuerNames) => certificates
        .GroupBy(certificate => Convert.ToHexString(certificate.SubjectName.RawData), StringComparer.Ordinal)
        .Where(group => group.Count() > 1 && issuerNames.Contains(group.Key))
        .SelectMany(group => group);

    private static CandidateChain Build(
        X509Certificate2 leaf, ImmutableArray<X509Certificate2> anchors, ImmutableArray<X509Certificate2> helpers, DateTimeOffset at)
    {
        using var chain = new X509Chain { ChainPolicy = ChainPolicies.For(anchors, helpers, at) };
        var succeeded = chain.Build(leaf);
        return CandidateChain.Of(chain, succeeded);
    }
}
