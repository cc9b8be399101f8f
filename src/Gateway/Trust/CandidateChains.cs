using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;

namespace Portcullis.Gateway.Trust;

/// <summary>
/// Builds chains with X509Chain over a choice of certificates. It takes the first issuer of a fitting name and never turns back, so among
/// certificates of the same name (a renewed root, a cross-signed intermediate) each is tried without the others.
/// </summary>
internal static class CandidateChains
{
    /// <summary>A peer chooses what it sends: it must not choose how much work that makes.</summary>
    public const int MostAlternatives = 24;

    public static CandidateChain Build(X509Certificate2 leaf, ImmutableArray<X509Certificate2> peer, TrustSet trust, DateTimeOffset at) =>
        BuildOver(leaf, [.. trust.Anchors, .. trust.Intermediates, .. peer], trust, at);

    /// <summary>Empty unless certificates share a name, or one expires this very second.</summary>
    public static IEnumerable<CandidateChain> Alternatives(X509Certificate2 leaf, ImmutableArray<X509Certificate2> peer, TrustSet trust, DateTimeOffset at)
    {
        ImmutableArray<X509Certificate2> all = [.. trust.Anchors.Concat(trust.Intermediates).Concat(peer).DistinctBy(certificate => Digest.Of(certificate.RawData))];

        return Selections(all, Namesakes(leaf, all))
            .Take(MostAlternatives)
            .Select(selected => BuildOver(leaf, selected, trust, at))
            .Concat(InTheLastSecond(leaf, all, trust, at));
    }

    /// <summary>Certificates of one name that something here was issued by, as far as there are several.</summary>
    private static ImmutableArray<X509Certificate2[]> Namesakes(X509Certificate2 leaf, ImmutableArray<X509Certificate2> all)
    {
        var issuers = all.Append(leaf).Select(certificate => Convert.ToHexString(certificate.IssuerName.RawData)).ToHashSet(StringComparer.Ordinal);

        return [.. all
            .GroupBy(certificate => Convert.ToHexString(certificate.SubjectName.RawData), StringComparer.Ordinal)
            .Where(group => group.Count() > 1 && issuers.Contains(group.Key))
            .Select(group => group.ToArray())];
    }

    /// <summary>First one name settled and the rest left open, then every name settled.</summary>
    private static IEnumerable<ImmutableArray<X509Certificate2>> Selections(ImmutableArray<X509Certificate2> all, ImmutableArray<X509Certificate2[]> namesakes)
    {
        var one = namesakes.SelectMany(group => group.Select(kept => Without(all, group, kept)));
        return namesakes.Length < 2 ? one : one.Concat(namesakes.Aggregate((IEnumerable<ImmutableArray<X509Certificate2>>)[all], Settle));
    }

    private static IEnumerable<ImmutableArray<X509Certificate2>> Settle(IEnumerable<ImmutableArray<X509Certificate2>> selections, X509Certificate2[] group) =>
        selections.SelectMany(selected => group.Select(kept => Without(selected, group, kept)));

    private static ImmutableArray<X509Certificate2> Without(ImmutableArray<X509Certificate2> all, X509Certificate2[] group, X509Certificate2 kept) =>
        all.RemoveAll(certificate => certificate != kept && group.Contains(certificate));

    // OpenSSL counts the second named in notAfter as over, RFC 5280 (4.1.2.5) does not. PathRules holds the path against the true moment.
    private static IEnumerable<CandidateChain> InTheLastSecond(X509Certificate2 leaf, ImmutableArray<X509Certificate2> all, TrustSet trust, DateTimeOffset at)
    {
        var second = at.ToUnixTimeSeconds();
        if (all.Append(leaf).Any(certificate => certificate.ValidUntil().ToUnixTimeSeconds() == second))
        {
            yield return BuildOver(leaf, all, trust, at.AddSeconds(-1));
        }
    }

    private static CandidateChain BuildOver(X509Certificate2 leaf, ImmutableArray<X509Certificate2> selected, TrustSet trust, DateTimeOffset at)
    {
        var isAnchor = selected.ToLookup(certificate => trust.Anchors.Contains(certificate));
        using var chain = new X509Chain { ChainPolicy = ChainPolicies.For([.. isAnchor[true]], [.. isAnchor[false]], at) };
        var succeeded = chain.Build(leaf);
        return CandidateChain.Of(chain, succeeded);
    }
}
