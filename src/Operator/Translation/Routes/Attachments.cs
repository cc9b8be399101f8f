using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>Which routes are on which gateway with which hostnames, and which could not attach.</summary>
internal sealed class Attachments
{
    private Attachments(ImmutableSortedDictionary<string, ImmutableArray<RouteEntry>> entries, ILookup<ResourceKey, Problem> problems)
    {
        Entries = entries;
        Problems = problems;
        Gateways = entries.SelectMany(attached => attached.Value.Select(entry => (attached.Key, entry.Route))).ToLookup(pair => pair.Route, pair => pair.Key);
    }

    /// <summary>By gateway; every declared gateway is there.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<RouteEntry>> Entries { get; }

    /// <summary>By route: the gateways that are sent an entry of it, ordered.</summary>
    public ILookup<ResourceKey, string> Gateways { get; }

    /// <summary>By route.</summary>
    public ILookup<ResourceKey, Problem> Problems { get; }

    public static Attachments Of(ImmutableArray<RouteDraft> routes, TranslationOptions options, ResourceSnapshot snapshot)
    {
        var problems = new List<(ResourceKey Route, Problem Problem)>();
        var declared = options.Gateways.DistinctBy(gateway => gateway.Name).ToImmutableDictionary(gateway => gateway.Name, StringComparer.Ordinal);
        var attached = routes
            .Select(route => Claimable(route, options.Domains, snapshot, problems))
            .SelectMany(route => route.Gateways.Select(name => (Name: name, Route: route)))
            .Where(pair => MayAttach(pair.Route, pair.Name, declared, problems))
            .ToLookup(pair => pair.Name.Gateway, pair => pair.Route, StringComparer.Ordinal);
        var entries = declared.Keys.ToImmutableSortedDictionary(
            gateway => gateway,
            gateway => Owned(gateway, [.. attached[gateway]], snapshot, problems),
            StringComparer.Ordinal);

        return new Attachments(entries, problems.ToLookup(problem => problem.Route, problem => problem.Problem));
    }

    /// <summary>Before anybody owns anything: who may not claim a hostname cannot keep others from it either.</summary>
    private static RouteDraft Claimable(RouteDraft route, ImmutableArray<DomainClaim> domains, ResourceSnapshot snapshot, List<(ResourceKey, Problem)> problems)
    {
        var denied = route.Hostnames
            .Select(hostname => (Name: hostname, Domain: Domains.Closed(domains, hostname, route.Key.Namespace)))
            .Where(hostname => hostname.Domain is not null)
            .ToImmutableArray();

        if (denied.IsEmpty)
        {
            return route;
        }

        problems.AddRange(denied.Select(hostname => (
            route.Key,
            RouteProblems.DomainNotAllowed(FieldOf(hostname.Name, snapshot.BackendRoutes[route.Key]), hostname.Name, hostname.Domain!, route.Key.Namespace))));

        return route with { Hostnames = route.Hostnames.RemoveRange(denied.Select(hostname => hostname.Name)) };
    }

    private static bool MayAttach(
        RouteDraft route, (string Gateway, string Field) name, ImmutableDictionary<string, DeclaredGateway> declared, List<(ResourceKey, Problem)> problems)
    {
        if (!declared.TryGetValue(name.Gateway, out var gateway))
        {
            problems.Add((route.Key, RouteProblems.GatewayNotDeclared(name.Field, name.Gateway, declared.Keys)));
            return false;
        }

        if (!gateway.RouteNamespaces.IsEmpty && !gateway.RouteNamespaces.Contains(route.Key.Namespace, StringComparer.Ordinal))
        {
            problems.Add((route.Key, RouteProblems.GatewayNotAllowed(name.Field, name.Gateway, route.Key.Namespace)));
            return false;
        }

        return true;
    }

    private static ImmutableArray<RouteEntry> Owned(
        string gateway,
        ImmutableArray<RouteDraft> attached,
        ResourceSnapshot snapshot,
        List<(ResourceKey, Problem)> problems)
    {
        var owners = HostnameOwners.Of(attached);
        var entries = ImmutableArray.CreateBuilder<RouteEntry>();

        foreach (var route in attached)
        {
            var owned = route.Hostnames.Where(hostname => owners.Owns(route, hostname)).ToImmutableArray();
            problems.AddRange(route.Hostnames.Except(owned).Select(lost => (
                route.Key,
                RouteProblems.HostnameConflicted(FieldOf(lost, snapshot.BackendRoutes[route.Key]), lost, gateway))));

            // Of a route that cannot be read the hostnames may be what cannot: gateways know them.
            if (!owned.IsEmpty || (route.IsKept && route.Hostnames.IsEmpty))
            {
                entries.Add(new RouteEntry { Route = route.Key, Created = route.Created, Hostnames = owned, Front = route.Front, Rules = route.Rules, Backends = route.Backends });
            }
        }

        return entries.ToImmutable();
    }

    /// <summary>A route that stays at an earlier translation may have hostnames that its newest declaration does not have.</summary>
    private static string FieldOf(string hostname, BackendRoute route) =>
        route.Spec.Hostnames.IndexOf(hostname, StringComparer.OrdinalIgnoreCase) is >= 0 and var index ? $"spec.hostnames[{index}]" : "spec.hostnames";
}
