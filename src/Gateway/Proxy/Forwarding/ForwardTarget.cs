using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Sessions;
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

    /// <summary>What its requests are answered with 503; null when they are sent.</summary>
    public string? Refusal { get; init; }

    /// <summary>Null when the backend keeps nobody anywhere.</summary>
    public BackendSessions? Sessions { get; init; }

    /// <summary>Endpoints that finish what they have begun.</summary>
    public IReadOnlySet<LiveEndpoint> Leaving { get; init; } = new HashSet<LiveEndpoint>();

    /// <summary>
    /// The destinations that are worth a request which begins something new. Those that leave when there is no other, and all of them when all are away:
    /// health checks can be wrong about a whole backend, and trying costs less than refusing for certain.
    /// </summary>
    public IReadOnlyList<DestinationState> WorthARequest(IReadOnlyList<DestinationState> destinations)
    {
        if (Leaving.Count == 0 && !AnyIsAway())
        {
            return destinations;
        }

        var present = destinations.Where(destination => !endpoints[destination].IsAway).ToList();
        var worth = present.Where(destination => !Leaving.Contains(endpoints[destination])).ToList();

        return worth.Count > 0 ? worth : present.Count > 0 ? present : destinations;
    }

    /// <summary>Whether a client that was there goes there again: as long as the endpoint is healthy, or no better than the others, and does what it must to be trusted.</summary>
    public bool Keeps(LiveEndpoint endpoint) => !IsRefused(endpoint) && (!endpoint.Health.IsOut || endpoints.Values.All(other => other.Health.IsOut));

    public LiveEndpoint EndpointOf(DestinationState destination) => endpoints[destination];

    // Whoever does not answer a call may answer the next one; whoever shows a certificate that is not accepted has to change first.
    private static bool IsRefused(LiveEndpoint endpoint) =>
        endpoint.Refusals.Recall() is not null || endpoint.Observation?.Verdict is Verdict.Refused { Reason: not VerdictReason.Unreachable };

    // Asked for every request, so without a closure or a boxed enumerator.
    private bool AnyIsAway()
    {
        foreach (var endpoint in endpoints.Values)
        {
            if (endpoint.IsAway)
            {
                return true;
            }
        }

        return false;
    }
}
