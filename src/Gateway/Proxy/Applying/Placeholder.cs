using System.Collections.Immutable;
using System.Text.Json;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>
/// Keeps the place of a route that cannot be run and has no predecessor: its hosts and matches answer 503, and nothing of them reaches a wildcard, a shorter
/// prefix or another route (P6).
/// </summary>
internal static class Placeholder
{
    public const string Code = "PC3110";

    private static readonly RouteMatch Everything = new() { Path = new PathMatch(PathMatchType.PathPrefix, "/") };

    /// <summary>For an entry that was understood but cannot be run.</summary>
    public static CompiledRoute For(RouteEntry entry, Digest digest)
    {
        var matches = entry.Rules
            .SelectMany(rule => rule.Matches.IsDefault ? [] : rule.Matches)
            .Where(match => match.Path.Value.StartsWith('/'))
            .ToImmutableArray();

        return Of(digest, entry.Hostnames, matches.IsEmpty ? [Everything] : matches, entry.Created, entry.Route);
    }

    /// <summary>For an entry that was not understood: its hostnames may be legible all the same.</summary>
    public static CompiledRoute For(EncodedEntry entry) =>
        Of(entry.Digest, Hostnames(entry), [Everything], DateTimeOffset.MaxValue, new ResourceKey("", entry.Key.Name));

    private static CompiledRoute Of(
        Digest digest, ImmutableArray<string> hostnames, ImmutableArray<RouteMatch> matches, DateTimeOffset created, ResourceKey route) => new()
        {
            Digest = digest,
            Hostnames = [.. hostnames.Select(name => name.ToLowerInvariant()).Distinct()],
            Candidates = [.. matches.Select((match, order) => new Candidate(match, created, route, order, new CompiledRule.Refuse(Code)))],
            IsPlaceholder = true,
        };

    private static ImmutableArray<string> Hostnames(EncodedEntry entry)
    {
        try
        {
            using var document = JsonDocument.Parse(entry.Content);

            return document.RootElement.TryGetProperty("hostnames", out var names) && names.ValueKind == JsonValueKind.Array
                ? [.. names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString() ?? "")]
                : [];
        }
        catch (Exception illegible) when (illegible is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
