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

    /// <summary>
    /// The destinations that are worth a request. All of them when none is: health checks can be wrong about a whole backend, and trying costs less than
    /// refusing for certain.
    /// </summary>
    public IReadOnlyList<DestinationState> WorthARequest(IReadOnlyList<DestinationState> destinations)
    {
        if (!AnyIsOut())
        {
            return destinations;
        }

        var worth = destinations.Where(destination => !endpoints[destination].Health.IsOut).ToList();

        return worth.Count > 0 ? worth : destinations;
    }

    public LiveEndpoint EndpointOf(DestinationState destination) => endpoints[destination];

    // Asked for every request, so without a closure or a boxed enumerator.
    private bool AnyIsOut()
    {
        foreach (var endpoint in endpoints.Values)
        {
            if (endpoint.Health.IsOut)
            {
                return true;
            }
        }

        return false;
    }
}
