using System.Buffers;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>For which paths clients send a session cookie: one for all matches of a rule, so that the rule has one session and not one for each match.</summary>
internal static class CookiePath
{
    // Browsers keep such a cookie only with the path "/".
    private const string HostPrefix = "__Host-";

    // Without those that end an attribute or are spelled in several ways.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+=:@");

    /// <summary>The longest path by segments that all matches are in.</summary>
    public static string Of(IEnumerable<RouteMatch> matches)
    {
        var paths = matches.Select(match => match.Path.Value.Split('/', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var common = (paths.FirstOrDefault() ?? []).TakeWhile((segment, index) =>
            segment.AsSpan().IndexOfAnyExcept(Plain) < 0 && paths.All(path => path.Length > index && path[index] == segment));

        return $"/{string.Join('/', common)}";
    }

    public static string For(string cookieName, string path) => cookieName.StartsWith(HostPrefix, StringComparison.OrdinalIgnoreCase) ? "/" : path;
}
