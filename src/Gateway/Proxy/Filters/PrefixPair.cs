using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>The same place in the URLs that clients use and in those of the backend, each without a slash at its end.</summary>
internal readonly record struct PrefixPair(string Public, string Backend)
{
    /// <summary>Nothing is mapped where a whole path is replaced: there is no way back.</summary>
    public static PrefixPair Of(PathChange? change, PathMatch match) => change is PathChange.Prefix prefix
        ? new PrefixPair(match.Value.TrimEnd('/'), prefix.Value.TrimEnd('/'))
        : new PrefixPair("", "");

    /// <param name="path">An absolute path of the backend, with whatever follows it.</param>
    /// <returns>Null when it is outside of what clients can reach through the rule.</returns>
    public string? ToPublic(ReadOnlySpan<char> path)
    {
        if (!path.StartsWith(Backend, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = path[Backend.Length..];
        return rest.IsEmpty || rest[0] is '/' or '?' or '#' ? string.Concat(Public, rest) : null;
    }

    /// <summary>
    /// A cookie for a place above the backend's prefix is for all that can be reached of it. No slash is left at the end: <c>/app/</c> would not be sent
    /// for <c>/app</c>.
    /// </summary>
    public string? ToPublicCookiePath(string path)
    {
        if (path == "/" || IsAbove(path.TrimEnd('/')))
        {
            return Public.Length == 0 ? "/" : Public;
        }

        return ToPublic(path);
    }

    private bool IsAbove(string path) => Backend.StartsWith(path, StringComparison.Ordinal) && (Backend.Length == path.Length || Backend[path.Length] == '/');
}
