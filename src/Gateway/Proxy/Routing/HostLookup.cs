namespace Portcullis.Gateway.Proxy.Routing;

/// <summary>How a host name is found among names and wildcards, in any case.</summary>
internal static class HostLookup
{
    private const string WildcardPrefix = "*.";

    public static Dictionary<string, T> NewTable<T>() => new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where a host belongs, and its key there: <c>*.</c> stands for any one label or more.</summary>
    public static (Dictionary<string, T> Table, string Key) Place<T>(string host, Dictionary<string, T> exact, Dictionary<string, T> wildcards) =>
        host.StartsWith(WildcardPrefix, StringComparison.Ordinal) ? (wildcards, host[WildcardPrefix.Length..]) : (exact, host);

    /// <summary>
    /// What belongs to a host: its own, else that of the longest wildcard suffix. A host with something of its own never falls through to a wildcard (P6).
    /// </summary>
    public static T? Find<T>(ReadOnlySpan<char> host, Dictionary<string, T> exact, Dictionary<string, T> wildcards)
        where T : class
    {
        if (exact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(host, out var own))
        {
            return own;
        }

        var suffixes = wildcards.GetAlternateLookup<ReadOnlySpan<char>>();

        for (var dot = host.IndexOf('.'); dot > 0; dot = host.IndexOf('.'))
        {
            host = host[(dot + 1)..];

            if (suffixes.TryGetValue(host, out var wildcard))
            {
                return wildcard;
            }
        }

        return null;
    }
}
