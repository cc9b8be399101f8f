using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Requests;

/// <summary>How many requests may be under way: of a route, of a client, of all.</summary>
public sealed class RequestLimitTests : IAsyncLifetime
{
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private TlsBackend backend = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);

    public async ValueTask DisposeAsync()
    {
        await backend.DisposeAsync();
        corp.Dispose();
    }

    [Fact]
    public async Task A_route_whose_backend_hangs_leaves_room_for_the_others()
    {
        await using var gateway = await StartAsync(new RequestLimits { PerRoute = 3 });
        var held = await HoldAsync(gateway, 3);

        await RefusedAsync(gateway, "https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC3113");
        using var other = await gateway.Http1.GetAsync("https://other.test/", Cancellation);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        backend.Release();
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        await ServedAgainAsync(gateway);
    }

    [Fact]
    public async Task Versions_of_a_route_are_counted_together()
    {
        await using var gateway = await StartAsync(new RequestLimits { PerRoute = 2 });
        var held = await HoldAsync(gateway, 2);

        Apply(gateway, timeout: TimeSpan.FromSeconds(20));

        await RefusedAsync(gateway, "https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC3113");
        backend.Release();
        await Task.WhenAll(held);
        await ServedAgainAsync(gateway);
    }

    [Fact]
    public async Task A_client_with_too_many_requests_is_told_429()
    {
        await using var gateway = await StartAsync(new RequestLimits { PerClient = 2 });
        var held = await HoldAsync(gateway, 2);

        await RefusedAsync(gateway, "https://other.test/", HttpStatusCode.TooManyRequests, "PC3115");

        backend.Release();
        await Task.WhenAll(held);
        await ServedAgainAsync(gateway);
    }

    [Fact]
    public async Task What_one_client_may_hold_leaves_connections_to_the_backend_for_others()
    {
        await using var gateway = await StartAsync(new RequestLimits(), IPNetwork.Parse("127.0.0.0/8"));
        var held = Enumerable.Range(0, (int)new RequestLimits().PerClient).Select(_ => AskAsync(gateway, "https://shop.test/hold", "192.0.2.1")).ToList();
        await gateway.RequestsAsync(held.Count, Cancellation);

        using var other = await AskAsync(gateway, "https://shop.test/", "192.0.2.2");

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        backend.Release();
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Clients_behind_a_trusted_proxy_are_counted_each()
    {
        await using var gateway = await StartAsync(new RequestLimits { PerClient = 1 }, IPNetwork.Parse("127.0.0.0/8"));
        var held = AskAsync(gateway, "https://shop.test/hold", "192.0.2.1");
        await gateway.RequestsAsync(1, Cancellation);

        using var same = await AskAsync(gateway, "https://shop.test/", "192.0.2.1");
        using var other = await AskAsync(gateway, "https://shop.test/", "192.0.2.2");
        using var itself = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.TooManyRequests, same.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.OK, itself.StatusCode);
        backend.Release();
        using var answer = await held;
    }

    [Fact]
    public async Task All_together_have_a_limit()
    {
        await using var gateway = await StartAsync(new RequestLimits { All = 2 });
        var held = await HoldAsync(gateway, 2);

        await RefusedAsync(gateway, "https://other.test/", HttpStatusCode.ServiceUnavailable, "PC3114");

        backend.Release();
        await Task.WhenAll(held);
        await ServedAgainAsync(gateway);
    }

    [Fact]
    public async Task A_client_may_be_held_to_a_rate()
    {
        await using var gateway = await StartAsync(new RequestLimits { RatePerClient = 1 });
        using var first = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        HttpStatusCode status;
        do
        {
            using var next = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
            status = next.StatusCode;
        }
        while (status == HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        await ServedAgainAsync(gateway);
    }

    [Theory]
    [InlineData(1, true, 100)]
    [InlineData(1, false, 80)] // What frames its chunks counts as well.
    [InlineData(2, true, 100)]
    [InlineData(2, false, 100)]
    public async Task A_body_has_a_length_that_it_may_have_and_none_beyond(int front, bool isTold, int longest)
    {
        await using var gateway = await StartAsync(new RequestLimits { BodyBytes = 100 });

        using var passed = await PostAsync(gateway, front, isTold, longest);
        Assert.Equal(longest, (await passed.Content.ReadAsByteArrayAsync(Cancellation)).Length);
        using var refused = await PostAsync(gateway, front, isTold, bytes: 101);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Equal("portcullis; error=http_request_denied; details=\"PC3119\"", refused.Headers.GetValues("Proxy-Status").Single());
        Assert.True(!isTold || backend.Requests.Entries.Length == 1, "What says before that it is too long is not sent at all.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_a_WebSocket_sends_is_no_body(int front)
    {
        await using var gateway = await StartAsync(new RequestLimits { BodyBytes = 10 });
        using var socket = new ClientWebSocket();
        (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (front == 1 ? HttpVersion.Version11 : HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        await socket.ConnectAsync(new Uri("wss://shop.test/websocket"), new HttpMessageInvoker(gateway.Handler()), Cancellation);
        var received = new byte[100];

        await socket.SendAsync(new byte[50], WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
        var echo = await socket.ReceiveAsync(received, Cancellation);

        Assert.Equal(50, echo.Count);
    }

    private static async Task<HttpResponseMessage> PostAsync(GatewayFront gateway, int front, bool isTold, int bytes)
    {
        HttpContent body = isTold ? new ByteArrayContent(new byte[bytes]) : new StreamContent(PipeReader.Create(new ReadOnlySequence<byte>(new byte[bytes])).AsStream());

        return await (front == 1 ? gateway.Http1 : gateway.Http2).PostAsync("https://shop.test/echo", body, Cancellation);
    }

    private async Task<GatewayFront> StartAsync(RequestLimits limits, params IPNetwork[] trusted)
    {
        var gateway = await GatewayFront.StartAsync(
            Cancellation, new ProxyOptions { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")], Requests = limits, TrustedProxies = [.. trusted] });
        Apply(gateway, timeout: null);

        return gateway;
    }

    private void Apply(GatewayFront gateway, TimeSpan? timeout)
    {
        var route = Make.Route(Make.Backend(backend.Port));
        gateway.Apply(
            Make.Mounts(corp),
            route with { Rules = [route.Rules[0] with { RequestTimeout = timeout }] },
            route with { Route = new ResourceKey("shop", "other"), Hostnames = ["other.test"] },
            Make.Bundle(corp));
    }

    private static async Task<List<Task<HttpResponseMessage>>> HoldAsync(GatewayFront gateway, int count)
    {
        var held = Enumerable.Range(0, count).Select(_ => gateway.Http1.GetAsync("https://shop.test/hold", Cancellation)).ToList();
        await gateway.RequestsAsync(count, Cancellation);

        return held;
    }

    private static Task<HttpResponseMessage> AskAsync(GatewayFront gateway, string address, string client)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "X-Forwarded-For", client } } };

        return gateway.Http1.SendAsync(request, Cancellation);
    }

    private static async Task RefusedAsync(GatewayFront gateway, string address, HttpStatusCode status, string code)
    {
        using var refused = await gateway.Http1.GetAsync(address, Cancellation);
        using var document = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Cancellation));

        Assert.Equal(status, refused.StatusCode);
        Assert.Equal(code, document.RootElement.GetProperty("code").GetString());
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Contains(code, refused.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
    }

    // A place is left a moment after the client has its answer.
    private static async Task ServedAgainAsync(GatewayFront gateway)
    {
        HttpStatusCode status;
        do
        {
            using var answer = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
            status = answer.StatusCode;
        }
        while (status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests);

        Assert.Equal(HttpStatusCode.OK, status);
    }
}
