using System.Net.WebSockets;
using System.Text;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests;

/// <summary>Trust that changes under live traffic: requests on pooled connections, a long download, a WebSocket.</summary>
public sealed class TrustChangeTests : EndToEndTest
{
    private const string Host = "shop.front.test";

    [Fact]
    [Trait("Promise", "P4")]
    public async Task A_removed_anchor_ends_new_requests_at_once_and_everything_on_the_old_trust_within_the_drain_time()
    {
        using var other = TestAuthority.CreateRoot("Other Root");
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend, Manifest.Bundle("company", Root.Certificate, other.Certificate));
        using var client = standalone.Client();
        await using var download = await DownloadAsync(client);
        using var socket = await WebSocketAsync(standalone);
        await using var traffic = Traffic.Start(client, Host, Cancellation);
        await traffic.MoreAsync(20, Cancellation);

        standalone.Write("bundle.yaml", Manifest.Bundle("company", other.Certificate));
        await traffic.Answers.WaitAsync(answers => answers.Any(answer => answer.Status == 502), Cancellation);

        await Assert.ThrowsAnyAsync<Exception>(() => download.CopyToAsync(System.IO.Stream.Null, Cancellation));
        await EndAsync(socket);
        await Task.WhenAll(backend.Connections.Entries.Select(connection => connection.Closed)).WaitAsync(Cancellation);
        await traffic.MoreAsync(20, Cancellation);
        var answers = traffic.Answers.Entries;
        var refused = answers.ToList().FindIndex(answer => answer.Status == 502);
        Assert.DoesNotContain(answers[..refused], answer => answer.Status != 200);
        Assert.DoesNotContain(answers[refused..], answer => answer.Status != 502);
        Assert.All(
            backend.Connections.Entries.Where(connection => connection.ApplicationBytes > 0), connection => Assert.True(connection.Closed.IsCompleted));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task An_added_anchor_disturbs_nothing_that_runs()
    {
        using var next = TestAuthority.CreateRoot("Next Root");
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var renewed = await TlsBackend.StartAsync(PresentedChain.Of(next.Issue("orders.corp.internal")), Cancellation);
        await using var standalone = await StartAsync(backend, Manifest.Bundle("company", Root.Certificate));
        standalone.Write("renewed.yaml", Manifest.Route("renewed", "renewed.front.test", renewed.Port, "company", "orders.corp.internal"));
        await standalone.AnswersAsync("renewed.front.test", 502);
        using var client = standalone.Client();
        await using var download = await DownloadAsync(client);
        using var socket = await WebSocketAsync(standalone);
        await using var traffic = Traffic.Start(client, Host, Cancellation);
        await traffic.MoreAsync(20, Cancellation);

        standalone.Write("bundle.yaml", Manifest.Bundle("company", Root.Certificate, next.Certificate));
        await standalone.AnswersAsync("renewed.front.test", 200);
        await traffic.MoreAsync(20, Cancellation);

        Assert.Empty(traffic.Failed);
        await download.ReadExactlyAsync(new byte[64 * 1024], Cancellation);
        Assert.Equal("still here", await EchoAsync(socket, "still here"));
    }

    [Fact]
    [Trait("Promise", "P3")]
    public async Task A_bundle_whose_source_breaks_keeps_its_last_good_content()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend, Manifest.Bundle("company", Root.Certificate));
        await standalone.AnswersAsync(Host, 200);
        await using var fresh = await BackendAsync("fresh.corp.internal");

        standalone.Write("bundle.yaml", Manifest.Bundle("company", Root.Certificate).Replace("-----BEGIN", "-----BROKEN", StringComparison.Ordinal));
        standalone.Write("fresh.yaml", Manifest.Route("fresh", "fresh.front.test", fresh.Port, "company", "fresh.corp.internal"));

        // The new route shows that the edit has arrived; a new connection under it, that the old content is still what is trusted.
        await standalone.AnswersAsync("fresh.front.test", 200);
        using var client = standalone.Client();
        Assert.Equal(200, (await Answer.ToAsync(client, Host, Cancellation)).Status);
    }

    private Task<Standalone> StartAsync(TlsBackend backend, string bundle) => Standalone.StartAsync(
        Cancellation, ("bundle.yaml", bundle), ("route.yaml", Manifest.Route("shop", Host, backend.Port, "company", "orders.corp.internal")));

    /// <summary>A download that never ends by itself, its first bytes read.</summary>
    private async Task<System.IO.Stream> DownloadAsync(HttpClient client)
    {
        var stream = await client.GetStreamAsync(new Uri($"https://{Host}/download?every=20&size=4096"), Cancellation);
        await stream.ReadExactlyAsync(new byte[4096], Cancellation);

        return stream;
    }

    private async Task<ClientWebSocket> WebSocketAsync(Standalone standalone)
    {
        var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(TestClient.HandlerTo(standalone.Gateway.EndPoint, standalone.FrontRoot), disposeHandler: false);
        await socket.ConnectAsync(new Uri($"wss://{Host}/websocket"), invoker, Cancellation);
        Assert.Equal("hello", await EchoAsync(socket, "hello"));

        return socket;
    }

    private async Task<string> EchoAsync(ClientWebSocket socket, string message)
    {
        var buffer = new byte[128];
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        var received = await socket.ReceiveAsync(buffer, Cancellation);

        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private async Task EndAsync(ClientWebSocket socket)
    {
        try
        {
            var received = await socket.ReceiveAsync(new byte[128], Cancellation);
            Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        }
        catch (WebSocketException)
        {
            // Broken off, which is an end as well.
        }
    }
}
