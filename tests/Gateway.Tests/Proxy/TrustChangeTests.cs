using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy;

[Trait("Promise", "P4")]
public sealed class TrustChangeTests : IAsyncLifetime
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    private readonly TestAuthority old = TestAuthority.CreateRoot("old");
    private readonly TestAuthority next = TestAuthority.CreateRoot("next");
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private TlsBackend backend = null!;
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(old), Cancellation);
        gateway = await GatewayFront.StartAsync(Cancellation, time: time);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
        old.Dispose();
        next.Dispose();
    }

    [Theory]
    [InlineData(BackendProtocol.Http11)]
    [InlineData(BackendProtocol.Http2)]
    public async Task A_removed_anchor_refuses_new_requests_at_once_and_cuts_a_download_at_the_end_of_the_drain_time(BackendProtocol protocol)
    {
        var route = Make.Route(Make.Backend(backend.Port) with { Protocol = protocol });
        Trust(route, old, next);
        using var download = await gateway.Http1.GetAsync("https://shop.test/download?every=5", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await download.Content.ReadAsStreamAsync(Cancellation);
        await ReadSomeAsync(body);

        Trust(route, next);
        using var refused = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
        time.Advance(Drain - TimeSpan.FromSeconds(1));
        await ReadSomeAsync(body);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<IOException>(() => ReadToEndAsync(body));
        await AllClosedAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_removed_anchor_cuts_a_WebSocket_at_the_end_of_the_drain_time(int front)
    {
        var route = Make.Route(Make.Backend(backend.Port));
        Trust(route, old, next);
        using var socket = await WebSocketAsync(front);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        Trust(route, next);
        Assert.Equal("two", await EchoAsync(socket, "two"));
        time.Advance(Drain);

        await Assert.ThrowsAnyAsync<WebSocketException>(() => EchoAsync(socket, "three"));
        await AllClosedAsync();
    }

    [Fact]
    public async Task A_bundle_that_closes_on_removal_does_not_wait()
    {
        var route = Make.Route(Make.Backend(backend.Port));
        Trust(route, old, next);
        using var socket = await WebSocketAsync(1);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        gateway.Apply(Make.Mounts(old, next), route, Make.Bundle(next) with { OnRemoval = OnRemoval.Close });

        await Assert.ThrowsAnyAsync<WebSocketException>(() => EchoAsync(socket, "two"));
        await AllClosedAsync();
    }

    [Fact]
    [Trait("Promise", "P3")]
    public async Task Deleting_the_bundle_removes_its_trust()
    {
        var route = Make.Route(Make.Backend(backend.Port));
        Trust(route, old);
        using var socket = await WebSocketAsync(1);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        gateway.Apply(Make.Mounts(old), route);
        using var refused = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        time.Advance(Drain);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => EchoAsync(socket, "two"));
    }

    [Fact]
    public async Task Removing_the_route_and_its_trust_leaves_no_connection_behind()
    {
        var route = Make.Route(Make.Backend(backend.Port));
        Trust(route, old);
        using var socket = await WebSocketAsync(1);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        gateway.Apply(Make.Mounts(old), Make.Bundle(old));
        Assert.Equal("two", await EchoAsync(socket, "two"));
        gateway.Apply(Make.Mounts(old));
        time.Advance(Drain);

        await Assert.ThrowsAnyAsync<WebSocketException>(() => EchoAsync(socket, "three"));
        await AllClosedAsync();
    }

    [Fact]
    [Trait("Promise", "P1")]
    public async Task A_request_that_outlives_its_route_is_held_to_the_trust_of_the_moment_in_which_it_connects()
    {
        var route = Make.Route(Make.Backend(backend.Port));
        var backoff = TimeSpan.FromSeconds(10);
        Trust(route with { Rules = [route.Rules[0] with { Retry = new RetryRule { Codes = [503], Backoff = backoff } }] }, old);
        var answered = gateway.Http1.GetAsync("https://shop.test/status?code=503", Cancellation);
        await gateway.Logged.WaitAsync(lines => lines.Any(line => line.Contains("sent again", StringComparison.Ordinal)), Cancellation);

        gateway.Apply(Make.Mounts(old), Make.Bundle(old));
        await AllClosedAsync();
        gateway.Apply(Make.Mounts(old), Make.Bundle(old), Make.Route(Make.Backend(backend.Port)) with { Route = new ResourceKey("shop", "other") });
        gateway.Apply(Make.Mounts(old), Make.Bundle(old));
        gateway.Apply(Make.Mounts(old));
        time.Advance(backoff * 2);

        using var response = await answered;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains(VerdictText.Code(VerdictReason.TrustNotMounted), response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
        Assert.Single(backend.Requests.Entries);
    }

    [Fact]
    public async Task A_connection_whose_chain_is_still_trusted_outlives_the_drain_time()
    {
        var route = Make.Route(Make.Backend(backend.Port));
        Trust(route, old, next);
        using var socket = await WebSocketAsync(1);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        Trust(route, old);
        time.Advance(Drain);

        Assert.Equal("two", await EchoAsync(socket, "two"));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_removal_that_is_taken_back_in_time_cuts_nothing()
    {
        var route = Make.Route(Make.Backend(backend.Port));
        Trust(route, old, next);
        using var socket = await WebSocketAsync(1);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        Trust(route, next);
        time.Advance(Drain / 2);
        Trust(route, old, next);
        time.Advance(Drain);

        Assert.Equal("two", await EchoAsync(socket, "two"));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_later_removal_has_a_drain_time_of_its_own()
    {
        using var third = TestAuthority.CreateRoot("third");
        var route = Make.Route(Make.Backend(backend.Port));
        gateway.Apply(Make.Mounts(old, next, third), route, Make.Bundle(old, next, third));
        using var socket = await WebSocketAsync(1);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        gateway.Apply(Make.Mounts(old, next, third), route, Make.Bundle(old, next));
        time.Advance(Drain - TimeSpan.FromSeconds(1));
        Trust(route, next);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", await EchoAsync(socket, "two"));

        time.Advance(Drain);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => EchoAsync(socket, "three"));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task An_added_anchor_disturbs_nothing()
    {
        var route = Make.Route(Make.Backend(backend.Port));
        Trust(route, old);
        using var socket = await WebSocketAsync(1);
        Assert.Equal("one", await EchoAsync(socket, "one"));
        using var before = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        var connections = backend.Connections.Entries.Length;

        Trust(route, old, next);
        time.Advance(Drain);
        using var after = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal("two", await EchoAsync(socket, "two"));
        Assert.Equal(connections, backend.Connections.Entries.Length);
    }

    [Fact]
    [Trait("Promise", "P1")]
    public async Task A_handshake_that_trust_changed_under_is_judged_by_the_new_trust()
    {
        // The backend's side of the handshake is held back until the anchor is gone.
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = RawTcpServer.Start(async (connection, client, token) =>
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(backend.EndPoint, token);
            await using var server = socket.GetStream();
            var upwards = client.CopyToAsync(server, token);
            await removed.Task.WaitAsync(token);
            await Task.WhenAny(server.CopyToAsync(client, token), upwards);
        });
        var route = Make.Route(Make.Backend(slow.Port));
        Trust(route, old, next);
        var request = gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        await backend.Connections.WaitAsync(connections => connections.Any(connection => connection.HelloSeen), Cancellation);

        Trust(route, next);
        removed.SetResult();

        using var response = await request;
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Empty(backend.Requests.Entries);
        await AllClosedAsync();
        Assert.Equal(0, backend.ApplicationBytes);
    }

    [Fact]
    public async Task A_new_pin_cuts_connections_whose_key_is_another()
    {
        Trust(Make.Route(Make.Backend(backend.Port)), old);
        using var socket = await WebSocketAsync(1);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        var pinned = Make.Backend(backend.Port) with { Tls = new BackendTls { Bundles = [Make.Corp], PublicKeyPins = ["sha256/" + Convert.ToBase64String(new byte[32])] } };
        Trust(Make.Route(pinned), old);
        time.Advance(Drain);

        await Assert.ThrowsAnyAsync<WebSocketException>(() => EchoAsync(socket, "two"));
    }

    [Fact]
    public async Task Another_identity_at_the_same_address_is_not_served_over_the_old_connections()
    {
        Trust(Make.Route(Make.Backend(backend.Port)), old);
        using var before = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Trust(Make.Route(Make.Backend(backend.Port, "payments.internal")), old);
        using var after = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, after.StatusCode);
        Assert.Single(backend.Requests.Entries);
    }

    [Theory]
    [InlineData(BackendProtocol.Http11)]
    [InlineData(BackendProtocol.Http2)]
    [Trait("Promise", "P1")]
    public async Task Another_identity_at_an_address_that_was_away_meanwhile_is_not_served_over_the_old_connections_either(BackendProtocol protocol)
    {
        var configuration = Make.Backend(backend.Port) with { Protocol = protocol };
        Trust(Make.Route(configuration), old);
        using var before = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Trust(Make.Route(configuration with { Endpoints = [] }), old);
        Trust(Make.Route(configuration with { Endpoints = [Make.Endpoint(backend.Port, "payments.internal")] }), old);
        using var after = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, after.StatusCode);
        Assert.Single(backend.Requests.Entries);
    }

    [Fact]
    [Trait("Promise", "P1")]
    public async Task A_request_that_outlives_its_endpoint_expects_who_is_expected_there_now()
    {
        var configuration = Make.Backend(backend.Port);
        var route = Make.Route(configuration);
        var backoff = TimeSpan.FromSeconds(10);
        Trust(route with { Rules = [route.Rules[0] with { Retry = new RetryRule { Codes = [503], Backoff = backoff } }] }, old);
        var late = gateway.Http1.GetAsync("https://shop.test/status?code=503", Cancellation);
        await gateway.Logged.WaitAsync(lines => lines.Any(line => line.Contains("sent again", StringComparison.Ordinal)), Cancellation);

        Trust(Make.Route(configuration with { Endpoints = [] }), old);
        Trust(Make.Route(configuration with { Endpoints = [Make.Endpoint(backend.Port, "payments.internal")] }), old);
        time.Advance(backoff * 2);

        using var response = await late;
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Single(backend.Requests.Entries);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_request_that_waits_for_a_connection_is_served_although_the_client_is_replaced()
    {
        var route = Make.Route(Make.Backend(backend.Port) with { Connections = new ConnectionSettings { MaximumPerEndpoint = 1 } });
        Trust(route, old, next);
        var running = gateway.Http2.GetAsync("https://shop.test/hold", Cancellation);
        await backend.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);
        var waiting = gateway.Http2.GetAsync("https://shop.test/waiting", Cancellation);
        await gateway.RequestsAsync(2, Cancellation);

        Trust(route, old);
        backend.Release();

        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
    }

    [Theory]
    [InlineData(BackendProtocol.Http11)]
    [InlineData(BackendProtocol.Http2)]
    [Trait("Promise", "P7")]
    public async Task Changes_of_trust_under_load_fail_no_request(BackendProtocol protocol)
    {
        var route = Make.Route(Make.Backend(backend.Port) with { Protocol = protocol });
        Trust(route, old, next);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var load = Enumerable.Range(0, 8).Select(_ => LoadAsync(done.Token)).ToArray();

        // Each removal replaces the client under the requests that run.
        for (var change = 0; change < 30; change++)
        {
            Trust(route, change % 2 == 0 ? [old] : [old, next]);
            await backend.Requests.WaitAsync(requests => requests.Length > change * 20, Cancellation);
        }

        await done.CancelAsync();
        var answers = await Task.WhenAll(load);
        Assert.All(answers.SelectMany(answer => answer), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.True(answers.Sum(answer => answer.Count) >= 500);
    }

    private async Task<List<HttpStatusCode>> LoadAsync(CancellationToken done)
    {
        var answers = new List<HttpStatusCode>();
        while (!done.IsCancellationRequested)
        {
            using var response = await gateway.Http2.PostAsync("https://shop.test/echo", new StringContent("x"), Cancellation);
            answers.Add(response.StatusCode);
        }

        return answers;
    }

    private void Trust(RouteEntry route, params TestAuthority[] anchors) => gateway.Apply(Make.Mounts(old, next), route, Make.Bundle(anchors) with { DrainTime = Drain });

    private async Task<ClientWebSocket> WebSocketAsync(int front)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = front == 1 ? HttpVersion.Version11 : HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new Uri("wss://shop.test/websocket"), new HttpMessageInvoker(gateway.Handler()), Cancellation);

        return socket;
    }

    private static async Task<string> EchoAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancellation);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
        if (received.MessageType == WebSocketMessageType.Close)
        {
            throw new WebSocketException("closed");
        }

        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private Task AllClosedAsync() => Task.WhenAll(backend.Connections.Entries.Select(connection => connection.Closed)).WaitAsync(Cancellation);

    private static async Task ReadSomeAsync(Stream body) => await body.ReadExactlyAsync(new byte[16 * 1024], Cancellation);

    private static async Task ReadToEndAsync(Stream body)
    {
        while (await body.ReadAsync(new byte[16 * 1024], Cancellation) > 0)
        {
        }
    }
}
