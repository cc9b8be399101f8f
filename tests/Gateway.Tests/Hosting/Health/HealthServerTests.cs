using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Hosting.Health;
using Portcullis.TestKit.Clients;

namespace Portcullis.Gateway.Tests.Hosting.Health;

public sealed class HealthServerTests : IAsyncLifetime
{
    private readonly Readiness readiness = new(new FakeTimeProvider());
    private readonly StartedWhenToldTo gateway = new();
    private readonly HealthServer server;

    public HealthServerTests() => server = new HealthServer(new ListenAddress(IPAddress.Loopback, 0), readiness, gateway, NullLoggerFactory.Instance);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await server.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync(CancellationToken.None);
        await server.DisposeAsync();
        gateway.Dispose();
    }

    [Fact]
    public async Task A_gateway_is_alive_before_it_is_started_or_ready()
    {
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/livez")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/startupz")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/readyz")).Status);
    }

    [Fact]
    public async Task Readiness_is_asked_anew_each_time_and_says_why()
    {
        gateway.Start();
        var before = await GetAsync("/readyz");
        readiness.Observe(GatewayConfiguration.Empty, new GatewayReport { Applied = new AppliedConfiguration { Epoch = 1, Sequence = 1, Revision = Digest.Of([]) } });
        var after = await GetAsync("/readyz");
        readiness.Drain();
        var draining = await GetAsync("/readyz");

        Assert.Contains("no configuration", before.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "ready\n"), after);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, draining.Status);
    }

    [Fact]
    public async Task A_started_gateway_says_so()
    {
        gateway.Start();

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/startupz")).Status);
    }

    [Fact]
    public async Task Nothing_else_is_there()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/metrics")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/readyz/")).Status);
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var client = TestClient.InClearTo(new IPEndPoint(IPAddress.Loopback, server.Address.Port));
        using var response = await client.GetAsync(new Uri($"http://gateway{path}"), Cancellation);

        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private sealed class StartedWhenToldTo : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource started = new();

        public CancellationToken ApplicationStarted => started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => started.Cancel();

        public void StopApplication() => throw new InvalidOperationException("Nobody is to stop the gateway from here.");

        public void Dispose() => started.Dispose();
    }
}
