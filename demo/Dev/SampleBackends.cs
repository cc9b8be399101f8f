using System.Collections.Immutable;
using System.Net;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Demo.Dev;

/// <summary>The servers that samples/ name, on the ports they name.</summary>
internal sealed class SampleBackends : IAsyncDisposable
{
    private readonly ImmutableArray<TlsBackend> servers;

    private SampleBackends(ImmutableArray<TlsBackend> servers, string pin)
    {
        this.servers = servers;
        Pin = pin;
    }

    /// <summary>Of the backend that samples/pinned.yaml pins.</summary>
    public string Pin { get; }

    public static async Task<SampleBackends> StartAsync(DemoPki pki, CancellationToken cancellationToken)
    {
        var pinned = pki.Chain("ledger.corp.internal");
        var sites = new (int Port, string Name, PresentedChain Chain)[]
        {
            (9441, "orders", pki.Chain("orders.corp.internal")),
            (9442, "orders-canary", pki.Chain("orders.corp.internal")),
            (9443, "printer", pki.Chain(new CertificateRecipe { Subject = "CN=printer" }.WithIp("127.0.0.1"))),
            (9444, "ledger", pinned),
            (9445, "billing", pki.Chain("billing.corp.internal")),
        };
        var servers = await Task.WhenAll(sites.Select(site => TlsBackend.StartAsync(
            new TlsBackendOptions { Name = site.Name, Default = site.Chain, Address = IPAddress.Loopback, Port = site.Port }, cancellationToken))).ConfigureAwait(false);

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
