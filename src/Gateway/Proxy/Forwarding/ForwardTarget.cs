using Portcullis.Gateway.Proxy.Backends;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>One backend as one rule uses it: everything YARP needs to send a request there. Immutable.</summary>
internal sealed class ForwardTarget(Backend backend, RouteModel route, ForwarderRequestConfig request, IEnumerable<LiveEndpoint> endpoints)
{
    private readonly Dictionary<DestinationState, LiveEndpoint> endpoints = endpoints.ToDictionary(endpoint => endpoint.Destination);

    public Backend Backend => backend;

    public RouteModel Route => route;

    public ForwarderRequestConfig Request => request;

    public LiveEndpoint EndpointOf(DestinationState destination) => endpoints[destination];
}
