using System.Collections.Immutable;
using System.Net;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Filters;
using Portcullis.Gateway.Proxy.Forwarding;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>A checked route entry and its live backends to what dispatch needs: rules with targets, in YARP's own model types.</summary>
internal sealed class RouteCompiler(YarpParts yarp, ProxyOptions options)
{
    public CompiledRoute Compile(RouteEntry entry, Digest digest, IReadOnlyDictionary<string, Backend> backends, RouteLoad load)
    {
        var clusters = entry.Backends.ToDictionary(backend => backend.Name, backend => Cluster(backend, backends[backend.Name]), StringComparer.Ordinal);
        var candidates =
            from rule in entry.Rules.Select((rule, order) => (Rule: rule, Order: order))
            let compile = Rule(rule.Rule, entry, backends, clusters)
            from match in rule.Rule.Matches
            select new Candidate(match, entry.Created, entry.Route, rule.Order, compile(match.Path) with { Front = entry.Front, Load = load });

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
                var targets = new WeightedTargets(forward.Backends.Select(to =>
                    (Target(rule, entry, configured[to.Backend], backends[to.Backend], clusters[to.Backend]), to.Weight)));
                return match => new CompiledRule.Forward(targets, rule.RequestTimeout, PreparedFilters.Of(rule.Filters, match, own))
                {
                    BackendRequestTimeout = rule.BackendRequestTimeout,
                    Retry = rule.Retry,
                };

            default:
                var refuse = new CompiledRule.Refuse(((RuleAction.Refuse)rule.Action).Code);
                return _ => refuse;
        }
    }

    private ForwardTarget Target(RouteRule rule, RouteEntry entry, BackendConfiguration configuration, Backend backend, ClusterState cluster)
    {
        var route = new RouteConfig
        {
            RouteId = $"{entry.Route}/{rule.Name}",
            ClusterId = cluster.ClusterId,
            Match = new() { Path = "/{**any}" },

            // Written when a request is admitted, by whom it came through.
            Transforms = [new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Forwarded"] = "Off" }],
        };
        var transformer = new BackendTransformer(yarp.Transforms.Build(route, cluster.Model.Config), configuration.HostHeader, configuration.Protocol);

        return new ForwardTarget(backend, new RouteModel(route, cluster, transformer), Request(configuration.Protocol), EndpointsOf(configuration, backend));
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
    private ForwarderRequestConfig Request(BackendProtocol protocol) => new()
    {
        ActivityTimeout = options.IdleTimeout,
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
