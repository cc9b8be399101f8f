using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Filters;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>YARP's view of one request under way, with ours beside it.</summary>
internal sealed class ForwardedRequest : ReverseProxyFeature
{
    public ForwardedRequest(ForwardTarget target, PreparedFilters? filters, RequestDeadline deadline)
    {
        // Read once: what changes from here on is for the next request.
        var cluster = target.Route.Cluster!;
        var destinations = cluster.DestinationsState;
        Target = target;
        Filters = filters;
        Deadline = deadline;
        Route = target.Route;
        Cluster = cluster.Model;
        AllDestinations = destinations.AllDestinations;
        AvailableDestinations = target.WorthARequest(destinations.AvailableDestinations);
    }

    public ForwardTarget Target { get; }

    /// <summary>Null when the rule changes nothing on the way.</summary>
    public PreparedFilters? Filters { get; }

    public RequestDeadline Deadline { get; }

    /// <summary>Null until load balancing has chosen.</summary>
    public LiveEndpoint? Endpoint => ProxiedDestination is { } chosen ? Target.EndpointOf(chosen) : null;

    public static ForwardedRequest Of(HttpContext context) => (ForwardedRequest)context.GetReverseProxyFeature();
}
