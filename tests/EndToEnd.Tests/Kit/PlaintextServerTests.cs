using System.Net;
using System.Net.Sockets;
using System.Text;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Kit;

/// <summary>A server without TLS must see through a client that gives up TLS.</summary>
public sealed class PlaintextServerTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_hello_and_an_alert_are_not_counted()
    {
        await using var server = PlaintextServer.Start();
        using var root = TestAuthority.CreateRoot("Kit Root");
        using var client = TestClient.To(server.EndPoint, root.Certificate);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("https://shop.test/"), cancellation));

        Assert.NotEmpty(Assert.Single(server.Connections).Received);
        Assert.Equal(0, server.BytesBeyondHandshake);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 18)]
    [InlineData("\u0016\u0003\u0001\u0000\u0002..GET /", 5)]
    public async Task Whatever_is_said_in_clear_is_counted(string said, int expected)
    {
        await using var server = PlaintextServer.Start();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(server.EndPoint, cancellation);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(said), cancellation);
            client.Client.Shutdown(SocketShutdown.Send);
            await Assert.Single(server.Connections).Closed.WaitAsync(cancellation);
        }

        Assert.Equal(expected, server.BytesBeyondHandshake);
    }
}
