using System.Collections.Immutable;
using System.Net;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Demo.Dev;

/// <summary>The servers that samples/ name, on the ports they name.</summary>
internal sealed class SampleBackends : IAsyncDisposable
{
    private const int Orders = 9441;
    private const int Canary = 9442;
    private const int Printer = 9443;
    private const int Ledger = 9444;
    private const int Billing = 9445;

    private readonly ImmutableArray<TlsBackend> servers;

    private SampleBackends(ImmutableArray<TlsBackend> servers, string pin)
    {
        this.servers = servers;
        Pin = pin;
    }

    /// <summary>Of the backend that samples/pinned.yaml pins.</summary>
    public string Pin { get; }

    /// <summary>As the samples name them.</summary>
    public static ImmutableArray<int> Ports { get; } = [Orders, Canary, Printer, Ledger, Billing];

    public static Task<SampleBackends> StartAsync(DemoPki pki, CancellationToken cancellationToken) =>
        StartAsync(pki, Ports.ToDictionary(port => port), cancellationToken);

    /// <param name="places">The port to listen on for each that the samples name.</param>
    public static async Task<SampleBackends> StartAsync(DemoPki pki, IReadOnlyDictionary<int, int> places, CancellationToken cancellationToken)
    {
        var pinned = pki.Chain("ledger.corp.internal");
        var sites = new (int Port, string Name, PresentedChain Chain)[]
        {
            (Orders, "orders", pki.Chain("orders.corp.internal")),
            (Canary, "orders-canary", pki.Chain("orders.corp.internal")),
            (Printer, "printer", pki.Chain(new CertificateRecipe { Subject = "CN=printer" }.WithIp("127.0.0.1"))),
            (Ledger, "ledger", pinned),
            (Billing, "billing", pki.Chain("billing.corp.internal")),
        };
        var servers = await Task.WhenAll(sites.Select(site => TlsBackend.StartAsync(
            new TlsBackendOptions { Name = site.Name, Default = site.Chain, Address = IPAddress.Loopback, Port = places[site.Port] }, cancellationToken))).ConfigureAwait(false);

        return new SampleBackends([.. servers], PublicKeyPin.Of(pinned.Leaf));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }
}
