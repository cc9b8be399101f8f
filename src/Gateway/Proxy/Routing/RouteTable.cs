namespace Portcullis.Gateway.Proxy.Routing;

/// <summary>
/// Every host of one configuration. Immutable, replaced whole: a request reads it once and sees no half of a change. Changing one host copies two
/// dictionaries of references and nothing else.
/// </summary>
internal sealed class RouteTable
{
    private readonly Dictionary<string, HostTable> exact;
    private readonly Dictionary<string, HostTable> wildcards;

    private RouteTable(Dictionary<string, HostTable> exact, Dictionary<string, HostTable> wildcards)
    {
        this.exact = exact;
        this.wildcards = wildcards;
    }

    public static RouteTable Empty { get; } = new(HostLookup.NewTable<HostTable>(), HostLookup.NewTable<HostTable>());

    /// <summary>Null for a host that no route has.</summary>
    public HostTable? Find(ReadOnlySpan<char> host) => HostLookup.Find(host, exact, wildcards);

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
        var (tables, key) = HostLookup.Place(host, exact, wildcards);

        if (table is null)
        {
            tables.Remove(key);
        }
        else
        {
            tables[key] = table;
        }
    }
}
