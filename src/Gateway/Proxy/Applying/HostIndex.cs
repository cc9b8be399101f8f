using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>Which routes answer for which host, so that a changed route rebuilds the tables of its own hosts and no others.</summary>
internal sealed class HostIndex
{
    private readonly Dictionary<string, List<CompiledRoute>> routes = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> changed = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="before">Null when it is new.</param>
    /// <param name="after">Null when it is gone.</param>
    public void Replace(CompiledRoute? before, CompiledRoute? after)
    {
        foreach (var host in before?.Hostnames ?? [])
        {
            routes[host].Remove(before!);
            changed.Add(host);
        }

        foreach (var host in after?.Hostnames ?? [])
        {
            if (!routes.TryGetValue(host, out var sharing))
            {
                routes[host] = sharing = [];
            }

            sharing.Add(after!);
            changed.Add(host);
        }
    }

    /// <summary>The table after everything that was replaced since the last call.</summary>
    public RouteTable ApplyTo(RouteTable table)
    {
        var next = table.With([.. changed.Select(host => KeyValuePair.Create(host, TableOf(host)))]);
        changed.Clear();

        return next;
    }

    private HostTable? TableOf(string host)
    {
        if (routes[host] is { Count: > 0 } sharing)
        {
            return HostTable.Of(sharing.SelectMany(route => route.Candidates));
        }

        routes.Remove(host);
        return null;
    }
}
