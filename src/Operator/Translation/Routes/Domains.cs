using System.Collections.Immutable;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>Which namespaces may claim a hostname by its domain. The closest domain above a name decides; a wildcard counts as the name it stands under.</summary>
internal static class Domains
{
    /// <summary>The domain that keeps the namespace from the hostname; null when it may claim it.</summary>
    public static string? Closed(ImmutableArray<DomainClaim> claims, string hostname, string ns)
    {
        var name = hostname.StartsWith("*.", StringComparison.Ordinal) ? hostname[2..] : hostname;
        var above = claims.Where(claim => IsUnder(name, claim.Domain)).ToImmutableArray();

        if (above.IsEmpty)
        {
            return null;
        }

        var length = above.Max(claim => claim.Domain.Length);
        var closest = above.Where(claim => claim.Domain.Length == length).ToImmutableArray();

        return closest.Any(claim => claim.Namespaces.Contains(ns, StringComparer.Ordinal)) ? null : closest[0].Domain;
    }

    private static bool IsUnder(string name, string domain) =>
        name.Equals(domain, StringComparison.OrdinalIgnoreCase)
        || (name.Length > domain.Length && name[^(domain.Length + 1)] == '.' && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase));
}
