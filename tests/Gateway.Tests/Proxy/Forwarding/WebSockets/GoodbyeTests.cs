using System.Net.WebSockets;
using System.Text;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Forwarding.WebSockets;

/// <summary>How a WebSocket learns that its gateway goes away.</summary>
public sealed class GoodbyeTests : IAsyncLifetime
{
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private TlsBackend backend = null!;
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        gateway = await GatewayFront.StartAsync(Cancellation);
        gateway.Apply(Make.Mounts(corp), Make.Route(Make.Backend(backend.Port)), Make.Bundle(corp));
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
        corp.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Promise", "P7")]
    public async Task The_client_is_told_1001_and_both_ends_come_to_an_end(int front)
    {
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = new Version(front, front == 1 ? 1 : 0);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var client = new HttpMessageInvoker(gateway.Handler());
        await socket.ConnectAsync(new Uri("wss://shop.test/websocket"), client, Cancellation);
        await socket.SendAsync(Encoding.ASCII.GetBytes("hello"), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        var buffer = new byte[100];
        var echo = await socket.ReceiveAsync(buffer, Cancellation);

        gateway.Engine.EndWebSockets();
        var goodbye = await socket.ReceiveAsync(buffer, Cancellation);
        await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, null, Cancellation);

        Assert.Equal("hello".Length, echo.Count);
        Assert.Equal(WebSocketMessageType.Close, goodbye.MessageType);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        Assert.Equal(WebSocketState.Closed, socket.State);
        await backend.Connections.Entries.Single().Closed.WaitAsync(Cancellation);
    }
}
