using System.Collections.Immutable;
using System.Net;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Filters;
using Portcullis.Gateway.Proxy.Forwarding;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;
using Portcullis.Gateway.Proxy.Sessions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>A checked route entry and its live backends to what dispatch needs: rules with targets, in YARP's own model types.</summary>
internal sealed class RouteCompiler(YarpParts yarp, ProxyOptions options, TimeProvider time)
{
    /// <summary>Shared by all routes, so that a new key needs none of them compiled again.</summary>
    public SessionKeys SessionKeys { get; } = new();

    public CompiledRoute Compile(RouteEntry entry, Digest digest, IReadOnlyDictionary<string, Backend> backends, RouteLoad load)
    {
        var clusters = entry.Backends.ToDictionary(backend => backend.Name, backend => Cluster(backend, backends[backend.Name]), StringComparer.Ordinal);
        var candidates =
            from rule in entry.Rules.Select((rule, order) => (Rule: rule, Order: order))
            let compile = Rule(rule.Rule, entry, backends, clusters)
            from match in rule.Rule.Matches
            select new Candidate(
                match,
                entry.Created,
                entry.Route,
                rule.Order,
                compile(match.Path) with { Front = entry.Front, Load = load, KeepsEncodedSlashes = rule.Rule.KeepsEncodedSlashes is true });

        return new CompiledRoute
        {
            Digest = digest,
            Hostnames = [.. entry.Hostnames.Distinct()],
            Candidates = [.. candidates],
            Backends = [.. backends.Values],
            Clusters = [.. clusters.Values],
        };
    }

    // What is shared by all matches of a rule is made once; a replaced prefix is that of the match that took the request.
    private Func<PathMatch, CompiledRule> Rule(
        RouteRule rule, RouteEntry entry, IReadOnlyDictionary<string, Backend> backends, Dictionary<string, ClusterState> clusters)
    {
        switch (rule.Action)
        {
            case RuleAction.Redirect redirect:
                var edits = HeaderEdits.Of(rule.Filters?.ResponseHeaders);
                return match => new CompiledRule.Redirect(new RedirectTarget(redirect, match, edits));

            case RuleAction.Forward forward:
                var configured = entry.Backends.ToDictionary(backend => backend.Name, StringComparer.Ordinal);
                var own = OwnAddresses.Of(forward.Backends.Select(to => configured[to.Backend]));
                var targets = forward.Backends
                    .Select(to => (Target: Target(rule, entry, to, configured[to.Backend], backends[to.Backend], clusters[to.Backend]), to.Weight))
                    .ToImmutableArray();
                var weighted = new WeightedTargets(targets);
                var sessions = Sessions(rule, entry, targets.Select(to => to.Target));
                return match => new CompiledRule.Forward(weighted, rule.RequestTimeout, PreparedFilters.Of(rule.Filters, match, own))
                {
                    BackendRequestTimeout = rule.BackendRequestTimeout,
                    Retry = rule.Retry,
                    Sessions = sessions,
                };

            default:
                var refuse = new CompiledRule.Refuse(((RuleAction.Refuse)rule.Action).Code);
                return _ => refuse;
        }
    }

    private ForwardTarget Target(
        RouteRule rule, RouteEntry entry, WeightedBackend share, BackendConfiguration configuration, Backend backend, ClusterState cluster)
    {
        var route = new RouteConfig
        {
            RouteId = $"{entry.Route}/{rule.Name}",
            ClusterId = cluster.ClusterId,
            Match = new() { Path = "/{**any}" },
        };
        var transformer = new BackendTransformer(configuration.HostHeader, configuration.Protocol);
        var endpoints = EndpointsOf(configuration, backend).ToImmutableArray();

        return new ForwardTarget(backend, new RouteModel(route, cluster, transformer), Request(rule, configuration.Protocol), endpoints)
        {
            Refusal = share.Refusal,
            Sessions = configuration.Session is { } session ? new BackendSessions(session, backend.Key, endpoints, SessionKeys) : null,
            Leaving = configuration.Endpoints
                .Where(endpoint => endpoint.IsLeaving is true)
                .Select(endpoint => backend.At(Backend.AddressOf(endpoint, configuration.Protocol)))
                .ToHashSet(),
        };
    }

    private RuleSessions? Sessions(RouteRule rule, RouteEntry entry, IEnumerable<ForwardTarget> targets)
    {
        var names = entry.Backends.Select(backend => backend.Session?.CookieName).OfType<string>().ToImmutableArray();

        return names.IsEmpty ? null : new RuleSessions(targets.Where(target => target.Sessions is not null), names, CookiePath.Of(rule.Matches), time);
    }

    private ClusterState Cluster(BackendConfiguration configuration, Backend backend)
    {
        var config = new ClusterConfig { ClusterId = backend.Key.ToString(), LoadBalancingPolicy = Policy(configuration.LoadBalancing) };
        var cluster = new ClusterState(config.ClusterId, new ClusterModel(config, backend.Client));
        foreach (var endpoint in EndpointsOf(configuration, backend))
        {
            cluster.Destinations[endpoint.Destination.DestinationId] = endpoint.Destination;
        }

        yarp.Destinations.UpdateAllDestinations(cluster);

        return cluster;
    }

    private static IEnumerable<LiveEndpoint> EndpointsOf(BackendConfiguration configuration, Backend backend) =>
        configuration.Endpoints.Select(endpoint => Backend.AddressOf(endpoint, configuration.Protocol)).Distinct().Select(backend.At);

    // Exact versions: what a backend speaks is said in its route, and nothing is negotiated behind it.
    private ForwarderRequestConfig Request(RouteRule rule, BackendProtocol protocol) => new()
    {
        // Who gives a request an hour does not mean it to end after five minutes of waiting. Of a WebSocket, this is all that is left of the rule's timeouts.
        ActivityTimeout = new[] { options.IdleTimeout, rule.RequestTimeout, rule.BackendRequestTimeout }.Max()!.Value,
        Version = protocol == BackendProtocol.Http11 ? HttpVersion.Version11 : HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static string Policy(LoadBalancing balancing) => balancing switch
    {
        LoadBalancing.RoundRobin => LoadBalancingPolicies.RoundRobin,
        LoadBalancing.LeastRequests => LoadBalancingPolicies.LeastRequests,
        LoadBalancing.Random => LoadBalancingPolicies.Random,
        _ => LoadBalancingPolicies.PowerOfTwoChoices,
    };
}
