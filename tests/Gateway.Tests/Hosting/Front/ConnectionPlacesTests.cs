using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>Who goes when all places are taken, on the gateway's own listeners.</summary>
public sealed class ConnectionPlacesTests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private static readonly FrontLimits Limits = new() { Connections = 6, Handshakes = 3 };
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestLog log = new();
    private readonly FakeTimeProvider time = new();
    private readonly ConnectionAdmission admission;
    private readonly HeldAnswer answer = new();
    private FrontServer server = null!;

    public ConnectionPlacesTests()
    {
        // Else the clock stands still, and nobody has been idle for longer than anybody else.
        time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(1);
        admission = new ConnectionAdmission(Limits, [], time, log.Factory);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await FrontServer.StartAsync(root, Host, answer.AnswerAsync, log, Cancellation, Limits, admission);

    public async ValueTask DisposeAsync()
    {
        answer.Release();
        await server.DisposeAsync();
        log.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task Slow_clients_in_every_place_lose_one_to_whoever_comes()
    {
        var slow = new List<SslStream>();
        for (var number = 0; number < Limits.Connections; number++)
        {
            slow.Add(await BeginAsync("GET / HTTP/1.1\r\nHost: shop.test\r\nX-Slow: "));
        }

        Assert.Equal("answer", await GetAsync("/"));

        await EndedAsync(slow, atLeast: 1);
        Assert.Contains(log.Lines.Entries, line => line.Level == LogLevel.Warning && line.Message.Contains("--max-connections", StringComparison.Ordinal));
        slow.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task Handshakes_that_stall_lose_their_places_to_whoever_comes()
    {
        var stalled = new List<Stream>();
        for (var number = 0; number < Limits.Handshakes; number++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.EndPoint, Cancellation);
            stalled.Add(new NetworkStream(socket, ownsSocket: true));
        }

        await CountedAsync(admission.Handshakes, (int)Limits.Handshakes);

        Assert.Equal("answer", await GetAsync("/"));

        await EndedAsync(stalled, atLeast: 1);
        Assert.Contains(log.Lines.Entries, line => line.Level == LogLevel.Warning && line.Message.Contains("--max-handshakes", StringComparison.Ordinal));
        stalled.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task A_connection_with_a_request_under_way_keeps_its_place()
    {
        var busy = new List<Task<string>>();
        while (busy.Count < Limits.Connections)
        {
            busy.Add(GetAsync("/held"));
            await BusyAsync(busy);
        }

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetAsync("/"));
        answer.Release();

        Assert.All(await Task.WhenAll(busy), answer => Assert.Equal("answer", answer));
    }

    [Fact]
    public async Task Who_left_leaves_nothing_behind()
    {
        for (var round = 0; round < 3 * Limits.Connections; round++)
        {
            Assert.Equal("answer", await GetAsync("/"));
        }

        await CountedAsync(admission.Places, 0);
        await CountedAsync(admission.Handshakes, 0);
    }

    private async Task<SslStream> BeginAsync(string beginning)
    {
        var stream = await TestClient.ConnectAsync(server.EndPoint, root.Certificate, Host, Cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), Cancellation);

        return stream;
    }

    private async Task<string> GetAsync(string path)
    {
        using var client = TestClient.To(server.EndPoint, root.Certificate);

        return await client.GetStringAsync(new Uri($"https://{Host}{path}"), Cancellation);
    }

    private static async Task EndedAsync(IEnumerable<Stream> streams, int atLeast)
    {
        var ends = streams.Select(ToTheEndAsync).ToList();
        for (var ended = 0; ended < atLeast; ended++)
        {
            var end = await Task.WhenAny(ends);
            await end;
            ends.Remove(end);
        }
    }

    private static async Task ToTheEndAsync(Stream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null, Cancellation);
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // A reset is an end, too; and those that are left are ended by the test itself.
        }
    }

    private async Task BusyAsync(List<Task<string>> busy)
    {
        while (answer.Begun < busy.Count)
        {
            Assert.DoesNotContain(busy, request => request.IsCompleted);
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    // The server notices what its clients do a moment later.
    private static async Task CountedAsync(ConnectionPlaces places, int count)
    {
        while (places.Count != count)
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
