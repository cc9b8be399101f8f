using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Proxy.Connecting;

/// <summary>A name with several addresses of this machine.</summary>
public sealed class DialerTests : IDisposable
{
    private static readonly IPAddress Silent = IPAddress.Parse("127.0.0.3");
    private static readonly IPAddress Refusing = IPAddress.Parse("127.0.0.4");
    private static readonly IPAddress Answering = IPAddress.Parse("127.0.0.5");

    private readonly FakeTimeProvider time = new();
    private readonly TestLog log = new();
    private readonly Socket answering = Listening(Answering, port: 0, backlog: 10);
    private readonly List<Socket> sockets = [];

    public void Dispose()
    {
        answering.Dispose();
        sockets.ForEach(socket => socket.Dispose());
        log.Dispose();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)answering.LocalEndPoint!).Port;

    [Fact]
    public async Task An_address_that_does_not_answer_holds_up_the_next_one_for_a_moment_only()
    {
        await SilenceAsync();
        var dialing = DialAsync(Silent, Answering);

        time.Advance(Dialer.Patience);

        using var socket = await dialing;
        Assert.Equal(Answering, ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task An_address_that_refuses_holds_up_nothing()
    {
        using var socket = await DialAsync(Refusing, Answering);

        Assert.Equal(Answering, ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task When_none_answers_the_last_failure_is_told()
    {
        answering.Dispose();

        var refused = await Assert.ThrowsAsync<BackendRefusedException>(() => DialAsync(FreePorts.Next(), Refusing, Refusing));

        Assert.Equal((VerdictReason.Unreachable, "connection_refused"), (refused.Refusal.Verdict.Reason, refused.Refusal.Error));
    }

    [Fact]
    public async Task Giving_up_ends_all_calls()
    {
        await SilenceAsync();
        using var deadline = new CancellationTokenSource();
        var dialing = DialAsync(Port, deadline.Token, Silent, Silent);
        time.Advance(Dialer.Patience);

        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing);
    }

    [Theory]
    [InlineData("https", 90_000)]
    [InlineData("http", 0)]
    public async Task A_connection_that_many_requests_share_ends_with_a_peer_that_acknowledges_nothing(string scheme, int milliseconds)
    {
        using var socket = await DialAsync(scheme, Port, Cancellation, Answering);

        var value = new byte[sizeof(int)];
        socket.GetRawSocketOption(Dialer.TcpLevel, Dialer.UserTimeout, value);
        Assert.Equal(milliseconds, BitConverter.ToInt32(value));
    }

    private Task<Socket> DialAsync(params IPAddress[] addresses) => DialAsync(Port, addresses);

    private Task<Socket> DialAsync(int port, params IPAddress[] addresses) => DialAsync(port, Cancellation, addresses);

    private Task<Socket> DialAsync(int port, CancellationToken cancellationToken, params IPAddress[] addresses) => DialAsync("http", port, cancellationToken, addresses);

    private Task<Socket> DialAsync(string scheme, int port, CancellationToken cancellationToken, params IPAddress[] addresses)
    {
        var resolver = new Resolver((_, _) => Task.FromResult(addresses), time, log.For<Resolver>());
        var endpoint = new LiveEndpoint(
            new BackendKey(new ResourceKey("shop", "web"), "orders"), new EndpointAddress(scheme, "orders.corp.internal", port), Make.Endpoint(port).Identity, time);
        var security = new BackendSecurity { Trust = TrustSet.Empty, Drain = new DrainRule(TimeSpan.Zero) };

        return new Dialer(AddressPolicy.Allowing([IPNetwork.Parse("127.0.0.0/8")]), resolver, time).DialAsync(new Attempt(endpoint, endpoint.Identity, security), cancellationToken);
    }

    // Whoever does not accept and has no room for those who wait answers nobody any more.
    private async Task SilenceAsync()
    {
        sockets.Add(Listening(Silent, Port, backlog: 0));
        using var full = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            while (true)
            {
                var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(waiting);
                await waiting.ConnectAsync(new IPEndPoint(Silent, Port), full.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The first that is not answered shows that there is no more room.
        }
    }

    private static Socket Listening(IPAddress address, int port, int backlog)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(backlog);

        return socket;
    }
}
