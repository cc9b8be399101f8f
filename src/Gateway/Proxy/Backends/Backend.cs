using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Proxy.Health;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>
/// One backend from its first configuration to the end of its last connection: what its connections are held to now, its client, its endpoints.
/// Trust that grows changes nothing but the next handshake; trust that narrows replaces the client and closes what would be refused (P4).
/// </summary>
internal sealed class Backend : IDisposable
{
    private readonly Connector connector;
    private readonly TimeProvider time;
    private readonly BackendClient client;
    private volatile BackendSecurity security;
    private volatile ConnectionSettings settings;
    private BackendProtocol protocol;
    private volatile ImmutableDictionary<EndpointAddress, LiveEndpoint> endpoints = ImmutableDictionary<EndpointAddress, LiveEndpoint>.Empty;

    public Backend(BackendKey key, BackendConfiguration configuration, BackendSecurity security, Connector connector, HealthLog health, TimeProvider time)
    {
        this.connector = connector;
        this.time = time;
        this.security = security;
        settings = configuration.Connections;
        protocol = configuration.Protocol;
        Key = key;
        Bundles = configuration.Tls.Bundles;
        client = new BackendClient(NewClient());
        Client = new HttpMessageInvoker(client);
        endpoints = Carried(configuration);
        Health = new HealthChecks(Client, health, time);
        Health.Configure(configuration, endpoints.Values);
    }

    public BackendKey Key { get; }

    /// <summary>What YARP sends with: the same for as long as the backend lives.</summary>
    public HttpMessageInvoker Client { get; }

    public LiveConnections Connections { get; } = new();

    public HealthChecks Health { get; }

    public RetryBudget Retries { get; } = new();

    public BackendSecurity Security => security;

    public ConnectionSettings Settings => settings;

    /// <summary>The bundles its trust is made of.</summary>
    public ImmutableArray<ResourceKey> Bundles { get; private set; }

    public IEnumerable<LiveEndpoint> Endpoints => endpoints.Values;

    public LiveEndpoint At(EndpointAddress address) => endpoints[address];

    /// <summary>
    /// Who must answer where this endpoint is. It may have gone and come back since as somebody else's: pools are kept by address, so nobody may be let in for a
    /// request that still expects the one before.
    /// </summary>
    public PeerIdentity IdentityAt(LiveEndpoint endpoint) => endpoints.GetValueOrDefault(endpoint.Address)?.Identity ?? endpoint.Identity;

    /// <summary>Takes a changed configuration over; endpoints that stay keep their state.</summary>
    public void Configure(BackendConfiguration configuration, BackendSecurity next)
    {
        var otherClient = configuration.Protocol != protocol || configuration.Connections != settings;
        ExpectIdentities(configuration);
        Bundles = configuration.Tls.Bundles;
        settings = configuration.Connections;
        protocol = configuration.Protocol;
        endpoints = Carried(configuration);
        Hold(next, otherClient, otherPeer: Connections.All.Any(connection => IsOfAnother(connection, next)));
        Health.Configure(configuration, endpoints.Values);
    }

    /// <summary>Takes changed trust over.</summary>
    public void Hold(BackendSecurity next) => Hold(next, otherClient: false, otherPeer: false);

    /// <summary>The backend is configured no more. Its running requests finish; its trust must still be kept up to date until they have.</summary>
    public void Dispose()
    {
        Health.Dispose();
        client.Retire();
    }

    private void Hold(BackendSecurity next, bool otherClient, bool otherPeer)
    {
        var before = security;

        // First of all: from here on every handshake is judged by the new trust.
        security = next;
        var same = next.HoldsToTheSameAs(before);
        var narrower = otherPeer || (!same && next.IsNarrowerThan(before));

        if (!same)
        {
            ForgetWhatNoLongerHolds(narrower);
        }

        if (narrower || otherClient)
        {
            client.Renew(NewClient());
        }

        if (narrower)
        {
            CloseRefusedAfter(next.Drain.Time, next);
        }
    }

    private void ForgetWhatNoLongerHolds(bool narrower)
    {
        foreach (var endpoint in endpoints.Values)
        {
            endpoint.Refusals.Forget();
            endpoint.Health.ForgetRequests();
            if (endpoint.Observation?.Verdict is Verdict.Refused || (narrower && !AnchorIsLeft(endpoint)))
            {
                endpoint.ForgetObservation();
            }
        }
    }

    private bool AnchorIsLeft(LiveEndpoint endpoint) =>
        endpoint.Observation?.Verdict is Verdict.Trusted trusted
        && security.Trust.Anchors.Any(anchor => Digest.Of(anchor.RawDataMemory.Span) == trusted.Anchor.Sha256);

    private void CloseRefusedAfter(TimeSpan drain, BackendSecurity narrowed)
    {
        if (drain <= TimeSpan.Zero)
        {
            CloseRefused(narrowed);
            return;
        }

        // The timer holds itself until it fires.
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                CloseRefused(narrowed);
                timer?.Dispose();
            },
            null, drain, Timeout.InfiniteTimeSpan);
    }

    // What a later change refuses has a drain time of its own; what it accepts again may stay.
    private void CloseRefused(BackendSecurity narrowed)
    {
        foreach (var connection in Connections.All.Where(connection => connection.Verdict is not null))
        {
            if (!connector.Accepts(this, connection, narrowed) && !connector.Accepts(this, connection, security))
            {
                connection.Cut();
            }
        }
    }

    private ImmutableDictionary<EndpointAddress, LiveEndpoint> Carried(BackendConfiguration configuration) => configuration.Endpoints
        .Select(endpoint => (Address: AddressOf(endpoint, configuration.Protocol), endpoint.Identity))
        .DistinctBy(endpoint => endpoint.Address)
        .ToImmutableDictionary(
            endpoint => endpoint.Address,
            endpoint => endpoints.GetValueOrDefault(endpoint.Address) ?? new LiveEndpoint(Key, endpoint.Address, endpoint.Identity, time));

    private void ExpectIdentities(BackendConfiguration configuration)
    {
        foreach (var configured in configuration.Endpoints)
        {
            if (endpoints.TryGetValue(AddressOf(configured, configuration.Protocol), out var known) && !SameIdentity(known.Identity, configured.Identity))
            {
                known.Expect(configured.Identity);
                known.Refusals.Forget();
                known.Health.ForgetRequests();
                known.ForgetObservation();
            }
        }
    }

    // Pools are kept by address, so somebody else at the same address needs pools of his own.
    private bool IsOfAnother(VerifiedStream connection, BackendSecurity next) =>
        !SameIdentity(connection.Expected, IdentityAt(connection.Endpoint)) && !connector.Accepts(this, connection, next);

    public static EndpointAddress AddressOf(BackendEndpoint endpoint, BackendProtocol protocol) =>
        new(protocol == BackendProtocol.Http11 ? "http" : "https", endpoint.Host, endpoint.Port);

    public static bool SameIdentity(PeerIdentity one, PeerIdentity other) => one.ServerName == other.ServerName && one.Names.SequenceEqual(other.Names);

    private Func<ClientGeneration> NewClient()
    {
        var (ofProtocol, withSettings) = (protocol, settings);
        return () => ClientGeneration.Create(
            ofProtocol, withSettings, (context, cancellationToken) => connector.ConnectAsync(this, context, cancellationToken));
    }
}
