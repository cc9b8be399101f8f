using System.Buffers;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>What must be true of a rule's filters and redirect: nothing of them may end a header or a URL early, or touch the framing of a message.</summary>
internal static class FilterCheck
{
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._~!$&'()*+,;=:@-%");

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>The first thing that is wrong, to follow the name of the rule; null when nothing is.</summary>
    public static string? Problem(RouteRule rule) =>
        (rule.Action is RuleAction.Redirect redirect ? Redirect(redirect, rule) : null)
        ?? Url(rule.Filters?.Url, rule)
        ?? Headers(rule.Filters?.RequestHeaders)
        ?? Headers(rule.Filters?.ResponseHeaders);

    private static string? Redirect(RuleAction.Redirect redirect, RouteRule rule)
    {
        if (redirect.Scheme is not (null or "http" or "https"))
        {
            return $"that redirects to the scheme '{redirect.Scheme}'";
        }

        if (redirect.Port is < 1 or > 65535)
        {
            return $"that redirects to port {redirect.Port}";
        }

        return redirect.StatusCode is 301 or 302 or 303 or 307 or 308
            ? HostAndPath(redirect.Hostname, redirect.Path, rule)
            : $"that redirects with status {redirect.StatusCode}";
    }

    private static string? Url(UrlChange? url, RouteRule rule) => url is null ? null : HostAndPath(url.Hostname, url.Path, rule);

    private static string? HostAndPath(string? hostname, PathChange? path, RouteRule rule)
    {
        if (hostname is not null && (hostname.Length is 0 or > 253 || hostname.AsSpan().IndexOfAnyExcept(HostCharacters) >= 0))
        {
            return $"with the malformed hostname '{hostname}'";
        }

        if (path is not null && (!path.Value.StartsWith('/') || path.Value.AsSpan().IndexOfAnyExcept(PathCharacters) >= 0))
        {
            return $"with the malformed path '{path.Value}'";
        }

        return path is PathChange.Prefix && rule.Matches.Any(match => match.Path.Type != PathMatchType.PathPrefix)
            ? "that replaces a prefix of an exact path"
            : null;
    }

    private static string? Headers(HeaderChanges? changes)
    {
        if (changes is null)
        {
            return null;
        }

        var fields = changes.Set.Concat(changes.Add);
        var names = fields.Select(field => field.Name).Concat(changes.Remove);
        if (names.FirstOrDefault(name => !HeaderField.IsName(name) || !HeaderField.MayBeChanged(name)) is { } name)
        {
            return $"that changes the header field '{name}'";
        }

        // A value may be a secret: the name is enough (P9).
        return fields.FirstOrDefault(field => !HeaderField.IsValue(field.Value)) is { } malformed
            ? $"with a malformed value of the header field '{malformed.Name}'"
            : null;
    }
}
