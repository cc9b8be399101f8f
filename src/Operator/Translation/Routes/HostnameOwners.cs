using System.Collections.Immutable;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>
/// Who owns each hostname of one gateway: the namespace of its oldest route. Oldest wins, so that a new route never takes traffic from one that works; names
/// break ties, so that every replica reaches the same answer. A wildcard and an exact name are different hostnames.
/// </summary>
internal sealed class HostnameOwners
{
    private readonly ImmutableDictionary<string, string> namespaces;

    private HostnameOwners(ImmutableDictionary<string, string> namespaces) => this.namespaces = namespaces;

    public static HostnameOwners Of(IEnumerable<RouteDraft> attached)
    {
        var owners = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

        foreach (var route in attached.OrderBy(route => route.Created).ThenBy(route => route.Key))
        {
            foreach (var hostname in route.Hostnames)
            {
                owners.TryAdd(hostname, route.Key.Namespace);
            }
        }

        return new HostnameOwners(owners.ToImmutable());
    }

    public bool Owns(RouteDraft route, string hostname) => namespaces.TryGetValue(hostname, out var owner) && owner == route.Key.Namespace;
}
