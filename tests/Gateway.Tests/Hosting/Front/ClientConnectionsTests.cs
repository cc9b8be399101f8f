using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>How many connections one client may have, on the gateway's own listeners.</summary>
public sealed class ClientConnectionsTests : IDisposable
{
    private const int Maximum = 5;
    private static readonly FrontLimits Limits = new() { ConnectionsPerClient = Maximum };
    private static readonly IPAddress Greedy = IPAddress.Parse("127.0.0.2");
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestLog log = new();
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        log.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task A_client_with_too_many_connections_gets_no_more_before_TLS_and_others_are_served()
    {
        var clients = Counting([]);
        await using var server = await StartAsync(clients);
        var held = await ConnectAsync(server, Maximum);
        await CountedAsync(clients, Maximum);

        Assert.True(await IsClosedAsync(server));
        Assert.True(await IsClosedAsync(server));

        Assert.Equal("answer", await GetAsync(server));
        Assert.Contains("127.0.0.2 has 5 connections", Assert.Single(log.Lines.Entries, line => line.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        held.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_client_that_lets_go_may_come_again_and_leaves_nothing_behind()
    {
        var clients = Counting([]);
        await using (var server = await StartAsync(clients))
        {
            for (var round = 0; round < 10; round++)
            {
                var held = await ConnectAsync(server, Maximum);
                await CountedAsync(clients, Maximum);
                held.ForEach(socket => socket.Dispose());
                await CountedAsync(clients, 0);
            }
        }

        Assert.DoesNotContain(log.Lines.Entries, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task A_trusted_proxy_brings_the_connections_of_many()
    {
        var clients = Counting([IPNetwork.Parse("127.0.0.2/32")]);
        await using var server = await StartAsync(clients);
        var held = await ConnectAsync(server, Maximum * 2);

        Assert.Equal("answer", await GetAsync(server));
        Assert.All(held, socket => Assert.False(socket.Poll(0, SelectMode.SelectRead)));
        held.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("::1", "0.0.0.0", false)]
    public void A_client_is_an_IPv4_address_or_an_IPv6_network_of_64_bits(string one, string other, bool same) =>
        Assert.Equal(same, ClientCounts.Client(IPAddress.Parse(one)) == ClientCounts.Client(IPAddress.Parse(other)));

    private ConnectionAdmission Counting(ImmutableArray<IPNetwork> trusted) => new(Limits, trusted, time, log.Factory);

    private Task<FrontServer> StartAsync(ConnectionAdmission clients) =>
        FrontServer.StartAsync(root, "shop.test", context => context.Response.WriteAsync("answer", Cancellation), log, Cancellation, Limits, clients);

    private async Task<string> GetAsync(FrontServer server)
    {
        using var client = TestClient.To(server.EndPoint, root.Certificate);

        return await client.GetStringAsync(new Uri("https://shop.test/"), Cancellation);
    }

    private static async Task<List<Socket>> ConnectAsync(FrontServer server, int count)
    {
        var sockets = new List<Socket>();
        for (var number = 0; number < count; number++)
        {
            sockets.Add(await OneMoreAsync(server));
        }

        return sockets;
    }

    private static async Task<Socket> OneMoreAsync(FrontServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Greedy, 0));
        await socket.ConnectAsync(server.EndPoint, Cancellation);

        return socket;
    }

    /// <summary>A stalled handshake would be waited for. The reset may be there before the connection is.</summary>
    private static async Task<bool> IsClosedAsync(FrontServer server)
    {
        try
        {
            using var socket = await OneMoreAsync(server);
            return await socket.ReceiveAsync(new byte[1], Cancellation) == 0;
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    // The server notices what its clients do a moment later.
    private static async Task CountedAsync(ConnectionAdmission admission, int count)
    {
        while (admission.Clients.Open != count)
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
