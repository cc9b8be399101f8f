using Microsoft.Extensions.Hosting;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Tests.Leading;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Logs;

namespace Portcullis.Operator.Tests.Identity;

/// <summary>Loops of several replicas that keep the same thing at one API server, under one clock and one log.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private readonly List<(BackgroundService Loop, ApiConnection Api)> running = [];

    private Replicas(ApiServer server)
    {
        Server = server;
    }

    public ApiServer Server { get; }

    public ElectionClock Clock { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public TestLog Log { get; } = new();

    public static async Task<Replicas> StartAsync(CancellationToken cancellationToken) => new(await ApiServer.StartAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        foreach (var (loop, api) in running)
        {
            await loop.StopAsync(CancellationToken.None);
            loop.Dispose();
            api.Dispose();
        }

        await Server.DisposeAsync();
        Log.Dispose();
    }

    /// <param name="make">One more replica's loop, which may look often.</param>
    /// <param name="isReady">Whether it has what it keeps.</param>
    public async Task<T> AddAsync<T>(Func<ApiConnection, T> make, Func<T, bool> isReady)
        where T : BackgroundService
    {
        var api = new ApiConnection(new ApiServerAddress { Address = Server.Address, CaPem = Server.Authority.Pem, Token = Server.AdminToken }, TimeProvider.System);
        var loop = make(api);
        running.Add((loop, api));
        await loop.StartAsync(TestContext.Current.CancellationToken);

        // Whoever loses the race sleeps before it looks again.
        while (!isReady(loop))
        {
            await Clock.PassAsync(TimeSpan.FromSeconds(0.25), candidates: 1);
        }

        return loop;
    }

    /// <summary>Every loop sleeps before the clock moves on.</summary>
    public Task PassAsync(TimeSpan time) => Clock.PassAsync(time, running.Count);
}
