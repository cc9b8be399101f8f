using Microsoft.AspNetCore.Http;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Routing;

/// <summary>The rules of one host in the precedence of Gateway API. Immutable.</summary>
internal sealed class HostTable
{
    private readonly Dictionary<string, Candidate[]> exact;
    private readonly Dictionary<string, Candidate[]> prefixes;

    private HostTable(Dictionary<string, Candidate[]> exact, Dictionary<string, Candidate[]> prefixes)
    {
        this.exact = exact;
        this.prefixes = prefixes;
    }

    public static HostTable Of(IEnumerable<Candidate> candidates)
    {
        var byType = candidates.ToLookup(candidate => candidate.Match.Path.Type);

        return new HostTable(
            ByPath(byType[PathMatchType.Exact], path => path),
            ByPath(byType[PathMatchType.PathPrefix], path => path.TrimEnd('/')));
    }

    /// <summary>
    /// The rule that takes the request; null when none does. Of all that match: exact path, then longest prefix, method, number of headers, number of
    /// query parameters, oldest route, route name, order in the route.
    /// </summary>
    public CompiledRule? Find(HttpRequest request) => Find(request, request.Path.Value);

    /// <summary>The rule that would take the request if this were its decoded path.</summary>
    public CompiledRule? Find(HttpRequest request, ReadOnlySpan<char> path)
    {
        if (exact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var same) && First(same, request) is { } found)
        {
            return found;
        }

        var lookup = prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        while (true)
        {
            if (lookup.TryGetValue(path, out var candidates) && First(candidates, request) is { } rule)
            {
                return rule;
            }

            if (path.IsEmpty)
            {
                return null;
            }

            // Prefixes match whole segments: /api takes /api and /api/v1, never /apis.
            path = path[..Math.Max(path.LastIndexOf('/'), 0)];
        }
    }

    private static CompiledRule? First(Candidate[] candidates, HttpRequest request)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Takes(request))
            {
                return candidate.Rule;
            }
        }

        return null;
    }

    // Routes write paths encoded, the server decodes those of requests.
    private static Dictionary<string, Candidate[]> ByPath(IEnumerable<Candidate> candidates, Func<string, string> key) => candidates
        .GroupBy(candidate => key(Uri.UnescapeDataString(candidate.Match.Path.Value)), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Order(CandidateOrder.Instance).ToArray(), StringComparer.Ordinal);
}
