using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Hosting;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Processes;

namespace Portcullis.Operator.Tests.Hosting;

public sealed class StandaloneHostTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("portcullis-standalone-").FullName;
    private readonly TestLog log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        log.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Health_is_answered_in_clear_and_the_stream_is_not()
    {
        var options = Options();
        using var state = StateFolder.Open(options);
        await using var app = StandaloneHost.Build(options, epoch: 7, log.Configure);
        await app.StartAsync(Cancellation);
        using var client = TestClient.InClearTo(options.Health!);
        await FirstConfigurationAsync(app.Services.GetRequiredService<FleetHub>());

        using var live = await client.GetAsync(new Uri("http://operator/livez"), Cancellation);
        using var ready = await client.GetAsync(new Uri("http://operator/readyz"), Cancellation);
        using var body = new ByteArrayContent([]);
        using var stream = await client.PostAsync(new Uri("http://operator/portcullis.link.v1.GatewayLink/Connect"), body, Cancellation);

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, stream.StatusCode);
        await app.StopAsync(Cancellation);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_folder_that_cannot_be_read_yet_is_not_ready_and_pushes_nothing()
    {
        var options = Options() with { Manifests = Path.Combine(folder, "later") };
        using var state = StateFolder.Open(options);
        await using var app = StandaloneHost.Build(options, epoch: 7, log.Configure);
        log.Announce("later");
        await app.StartAsync(Cancellation);
        using var client = TestClient.InClearTo(options.Health!);

        using var before = await client.GetAsync(new Uri("http://operator/readyz"), Cancellation);
        Directory.CreateDirectory(options.Manifests);
        await FirstConfigurationAsync(app.Services.GetRequiredService<FleetHub>());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
        await app.StopAsync(Cancellation);
    }

    [Fact]
    public void A_second_operator_in_one_state_folder_is_refused_until_the_first_is_gone()
    {
        var options = Options();

        using (StateFolder.Open(options))
        {
            var refusal = Assert.Throws<IOException>(() => StateFolder.Open(options));
            Assert.Contains("is used by another operator, or cannot be written. Stop that one, or name another folder with --state.", refusal.Message, StringComparison.Ordinal);
        }

        StateFolder.Open(options).Dispose();
    }

    private static async Task FirstConfigurationAsync(FleetHub hub)
    {
        Assert.True(hub.TryFindFeed("default", out var feed));
        await foreach (var configuration in feed.Newest.ReadAllAsync(Cancellation))
        {
            Assert.Equal(7, configuration.Version.Epoch);
            return;
        }
    }

    private StandaloneOptions Options()
    {
        Directory.CreateDirectory(Path.Combine(folder, "manifests"));

        return new StandaloneOptions
        {
            Manifests = Path.Combine(folder, "manifests"),
            State = Path.Combine(folder, "state"),
            Listen = new IPEndPoint(IPAddress.Loopback, FreePorts.Next()),
            Health = new IPEndPoint(IPAddress.Loopback, FreePorts.Next()),
        };
    }
}
