using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Filters;
using Portcullis.Gateway.Proxy.Routing;
using Portcullis.Gateway.Proxy.Sessions;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>YARP's view of one request under way, with ours beside it.</summary>
internal sealed class ForwardedRequest : ReverseProxyFeature
{
    private readonly IReadOnlyList<DestinationState> available;

    /// <param name="target">The backend.</param>
    /// <param name="rule">That took the request.</param>
    /// <param name="deadline">Of the request.</param>
    /// <param name="session">Names the endpoint of the first attempt; null when load balancing does.</param>
    public ForwardedRequest(ForwardTarget target, CompiledRule.Forward rule, RequestDeadline deadline, KeptSession? session)
    {
        // Read once: what changes from here on is for the next request.
        var cluster = target.Route.Cluster!;
        var destinations = cluster.DestinationsState;
        Target = target;
        Rule = rule;
        Deadline = deadline;
        Route = target.Route;
        Cluster = cluster.Model;
        AllDestinations = destinations.AllDestinations;
        available = target.WorthARequest(destinations.AvailableDestinations);
        Session = session;
        AvailableDestinations = session is null ? available : [session.Endpoint.Destination];
    }

    public ForwardTarget Target { get; }

    public CompiledRule.Forward Rule { get; }

    /// <summary>Null when the rule changes nothing on the way.</summary>
    public PreparedFilters? Filters => Rule.Filters;

    public RequestDeadline Deadline { get; }

    /// <summary>Null when the client brought none that can go on.</summary>
    public KeptSession? Session { get; }

    /// <summary>Null while nothing can be sent again.</summary>
    public Retries? Retries { get; set; }

    /// <summary>What the backend was asked for, with its query; null until it is.</summary>
    public string? SentTarget { get; set; }

    /// <summary>How the last attempt ended.</summary>
    public ForwarderError Error { get; set; }

    /// <summary>Null until load balancing has chosen.</summary>
    public LiveEndpoint? Endpoint => ProxiedDestination is { } chosen ? Target.EndpointOf(chosen) : null;

    /// <summary>Whether there is an endpoint that has not failed this request yet.</summary>
    public bool HasOthers(IReadOnlyCollection<DestinationState> failed) => available.Any(endpoint => !failed.Contains(endpoint));

    /// <summary>Back to before load balancing, which is to choose another endpoint if there is one.</summary>
    public void StartAgain(IReadOnlyCollection<DestinationState> failed)
    {
        var others = available.Where(endpoint => !failed.Contains(endpoint)).ToArray();
        AvailableDestinations = others.Length > 0 ? others : available;
        ProxiedDestination = null;
        Error = ForwarderError.None;
    }

    public static ForwardedRequest Of(HttpContext context) => (ForwardedRequest)context.GetReverseProxyFeature();
}
