namespace Portcullis.Gateway.Proxy.Routing;

/// <summary>
/// Every host of one configuration. Immutable, replaced whole: a request reads it once and sees no half of a change. Changing one host copies two
/// dictionaries of references and nothing else.
/// </summary>
internal sealed class RouteTable
{
    private const string WildcardPrefix = "*.";

    private readonly Dictionary<string, HostTable> exact;
    private readonly Dictionary<string, HostTable> wildcards;

    private RouteTable(Dictionary<string, HostTable> exact, Dictionary<string, HostTable> wildcards)
    {
        this.exact = exact;
        this.wildcards = wildcards;
    }

    public static RouteTable Empty { get; } = new(NewTables(), NewTables());

    /// <summary>
    /// The table of a host name, in any case: its own, else that of the longest wildcard suffix. A host with a table of its own never falls
    /// through to a wildcard (P6).
    /// </summary>
    public HostTable? Find(ReadOnlySpan<char> host)
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

    /// <summary>The same table with these hosts replaced; null takes a host out.</summary>
    public RouteTable With(IReadOnlyCollection<KeyValuePair<string, HostTable?>> changes)
    {
        if (changes.Count == 0)
        {
            return this;
        }

        var changed = new RouteTable(new(exact, exact.Comparer), new(wildcards, wildcards.Comparer));
        foreach (var (host, table) in changes)
        {
            changed.Set(host, table);
        }

        return changed;
    }

    private void Set(string host, HostTable? table)
    {
        var isWildcard = host.StartsWith(WildcardPrefix, StringComparison.Ordinal);
        var (tables, key) = isWildcard ? (wildcards, host[WildcardPrefix.Length..]) : (exact, host);

        if (table is null)
        {
            tables.Remove(key);
        }
        else
        {
            tables[key] = table;
        }
    }

    private static Dictionary<string, HostTable> NewTables() => new(StringComparer.OrdinalIgnoreCase);
}
