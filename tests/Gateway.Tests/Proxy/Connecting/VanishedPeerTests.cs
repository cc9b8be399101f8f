using System.Net;
using System.Net.Sockets;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Connecting;

namespace Portcullis.Gateway.Tests.Proxy.Connecting;

/// <summary>How a backend that vanished without a word is noticed, and one that is only quiet left in peace.</summary>
public sealed class VanishedPeerTests
{
    private const int Tcp = 6;
    private const int UserTimeoutOfLinux = 18;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_that_a_peer_never_acknowledges_ends_its_connection_after_a_minute_and_a_half()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The option is Linux's.");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        using var socket = await Dialer.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancellation);

        var milliseconds = new byte[sizeof(int)];
        Assert.Equal(sizeof(int), socket.GetRawSocketOption(Tcp, UserTimeoutOfLinux, milliseconds));
        Assert.Equal(90_000, BitConverter.ToInt32(milliseconds));
        Assert.True(socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive) is not 0);
    }

    // By default, gRPC's own servers count a ping within five minutes of the last as a strike, and the third ends the connection with all its calls.
    [Fact]
    public void A_gRPC_server_is_not_pinged_while_its_streams_are_quiet()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, ClientGeneration.PingDelay(BackendProtocol.Grpc));
        Assert.NotEqual(Timeout.InfiniteTimeSpan, ClientGeneration.PingDelay(BackendProtocol.Http2));
    }
}
