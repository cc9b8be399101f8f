using System.Net.Security;
using Portcullis.Gateway.Tests.Hosting.Kit;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;
using static Portcullis.Gateway.Tests.Hosting.Front.Floods.Http2Frames;

namespace Portcullis.Gateway.Tests.Hosting.Front.Http2;

/// <summary>Requests that the server underneath takes and that would mean something else to the backend: nothing of them arrives there.</summary>
public sealed class MalformedRequestTests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private const byte Whole = EndStream | EndHeaders;
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private TlsBackend backend = null!;
    private WholeGateway gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        gateway = await WholeGateway.StartAsync(options => options, Cancellation, Host);
        gateway.Serve(Make.Mounts(corp), Make.Route(Make.Backend(backend.Port)), Make.Bundle(corp));
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
        corp.Dispose();
    }

    // RFC 9113, 8.2.1 and 8.2.2: malformed, and not to be forwarded.
    [Theory]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("upgrade", "websocket")]
    [InlineData("keep-alive", "timeout=5")]
    [InlineData("proxy-connection", "close")]
    [InlineData("x-role", " admin")]
    [InlineData("x-role", "admin ")]
    [InlineData("x-role", "admin\t")]
    public async Task A_header_field_that_HTTP2_forbids_is_answered_400(string name, string value)
    {
        await using var stream = await ConnectAsync();

        await stream.WriteAsync((byte[])[.. Preface, .. Headers(1, Whole, [.. Get("/"), .. Header(name, value)])], Cancellation);

        Assert.Equal("400", await Http2Outcome.ReadAsync(stream, [], Cancellation));
        Assert.Empty(backend.Requests.Entries);
    }

    [Theory]
    [InlineData("connect-udp")]
    [InlineData("WebSocket2")]
    public async Task An_extended_CONNECT_for_another_protocol_than_WebSocket_is_answered_405(string protocol)
    {
        await using var stream = await ConnectAsync();
        byte[] block = [.. Literal(2, "CONNECT"), .. Header(":protocol", protocol), 0x87, .. Literal(1, Host), 0x84];

        await stream.WriteAsync((byte[])[.. Preface, .. Headers(1, EndHeaders, block)], Cancellation);

        Assert.Equal("405", await Http2Outcome.ReadAsync(stream, [], Cancellation));
        Assert.Empty(backend.Connections.Entries);
    }

    private Task<SslStream> ConnectAsync() => TestClient.ConnectAsync(gateway.EndPoint, gateway.Root, Host, SslApplicationProtocol.Http2, Cancellation);
}
