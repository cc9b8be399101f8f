using System.Net;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Proxy.Health;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>
/// One address of a backend as long as it is configured: who must answer there, what was last seen there, and how much is going on. It is the only way in which
/// a request says where it goes; nothing of the request itself reaches the connector.
/// </summary>
internal sealed class LiveEndpoint
{
    /// <summary>Where an outgoing request carries its endpoint.</summary>
    public static readonly HttpRequestOptionsKey<LiveEndpoint> OfRequest = new("portcullis.endpoint");

    private volatile PeerIdentity identity;
    private volatile BackendObservation? observation;
    private volatile bool wasRefused;
    private volatile IPAddress[]? resolved;
    private int isOutdated;
    private int requests;
    private int connections;

    public LiveEndpoint(BackendKey backend, EndpointAddress address, PeerIdentity identity, TimeProvider time)
    {
        this.identity = identity;
        Backend = backend;
        Address = address;
        Refusals = new RefusalMemory(time);
        Health = new EndpointHealth(time);
        Destination = new DestinationState(address.Authority, new DestinationModel(new DestinationConfig { Address = address.Text }));
    }

    public BackendKey Backend { get; }

    public EndpointAddress Address { get; }

    public DestinationState Destination { get; }

    public RefusalMemory Refusals { get; }

    public EndpointHealth Health { get; }

    public PeerIdentity Identity => identity;

    /// <summary>Whether there is no use in sending anything there at the moment: it is not healthy, or a moment ago nobody answered there.</summary>
    public bool IsAway => Health.IsOut || Refusals.Recall()?.Verdict.Reason == VerdictReason.Unreachable;

    /// <summary>The last good answer to the question for its name; null when there was none.</summary>
    public IPAddress[]? Resolved
    {
        get => resolved;
        set => resolved = value;
    }

    /// <summary>Notes whether <see cref="Resolved"/> is all that is known of its name; true when that is news.</summary>
    public bool IsNews(bool outdated)
    {
        var next = outdated ? 1 : 0;

        // Nearly always it is as before, and then nobody has to write.
        return Volatile.Read(ref isOutdated) != next && Interlocked.Exchange(ref isOutdated, next) != next;
    }

    /// <summary>Null when nothing was seen there since what it is held to changed.</summary>
    public BackendObservation? Observation => observation;

    /// <summary>Takes one of <paramref name="maximum"/> places for a connection.</summary>
    public bool TryReserve(int maximum)
    {
        if (Interlocked.Increment(ref connections) <= maximum)
        {
            return true;
        }

        Release();
        return false;
    }

    public void Release() => Interlocked.Decrement(ref connections);

    // YARP's load balancing reads the count; its setter is not atomic, so the truth is kept here and at worst lags there by one update.
    public void RequestStarts() => Destination.ConcurrentRequestCount = Interlocked.Increment(ref requests);

    public void RequestEnds() => Destination.ConcurrentRequestCount = Interlocked.Decrement(ref requests);

    /// <summary>Clients' requests under way.</summary>
    public int Requests => Volatile.Read(ref requests);

    public void Expect(PeerIdentity expected) => identity = expected;

    /// <summary>Whether the last verdict was a refusal, also when its conditions hold no more.</summary>
    public bool WasRefused => wasRefused;

    /// <summary>What was seen held under other conditions and says nothing about the present ones.</summary>
    public void ForgetObservation() => observation = null;

    /// <summary>Keeps the verdict; true when it says something new.</summary>
    public bool Observe(Verdict verdict)
    {
        if (observation is { } known && SameVerdict.Same(known.Verdict, verdict))
        {
            return false;
        }

        wasRefused = verdict is Verdict.Refused;
        observation = new BackendObservation { Route = Backend.Route, Backend = Backend.Name, Endpoint = Address.Authority, Verdict = verdict };
        return true;
    }

    public override string ToString() => Address.Authority;
}
