using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Backends;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>YARP's view of one request under way, with ours beside it.</summary>
internal sealed class ForwardedRequest : ReverseProxyFeature
{
    public ForwardedRequest(ForwardTarget target, RequestDeadline deadline)
    {
        // Read once: what changes from here on is for the next request.
        var cluster = target.Route.Cluster!;
        var destinations = cluster.DestinationsState;
        Target = target;
        Deadline = deadline;
        Route = target.Route;
        Cluster = cluster.Model;
        AllDestinations = destinations.AllDestinations;
        AvailableDestinations = destinations.AvailableDestinations;
    }

    public ForwardTarget Target { get; }

    public RequestDeadline Deadline { get; }

    /// <summary>Null until load balancing has chosen.</summary>
    public LiveEndpoint? Endpoint => ProxiedDestination is { } chosen ? Target.EndpointOf(chosen) : null;

    public static ForwardedRequest Of(HttpContext context) => (ForwardedRequest)context.GetReverseProxyFeature();
}
