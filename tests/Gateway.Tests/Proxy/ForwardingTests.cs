using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy;

public sealed class ForwardingTests : IAsyncLifetime
{
    private static readonly string[] Spellings = ["a.shop.test", "A.shop.test", "a.SHOP.test", "A.Shop.Test"];

    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private TlsBackend backend = null!;
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        gateway = await GatewayFront.StartAsync(Cancellation);
        Serve(Make.Backend(backend.Port));
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
        corp.Dispose();
    }

    [Theory]
    [InlineData(1, BackendProtocol.Http11)]
    [InlineData(2, BackendProtocol.Http11)]
    [InlineData(1, BackendProtocol.Http2)]
    [InlineData(2, BackendProtocol.Http2)]
    public async Task A_request_passes_over_both_versions_on_both_sides(int front, BackendProtocol behind)
    {
        Serve(Make.Backend(backend.Port) with { Protocol = behind });
        var client = front == 1 ? gateway.Http1 : gateway.Http2;

        using var response = await client.PostAsync("https://shop.test/echo", new StringContent("hello"), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(behind == BackendProtocol.Http11 ? "HTTP/1.1" : "HTTP/2", backend.Requests.Entries.Single().Protocol);
    }

    [Fact]
    [Trait("Promise", "P1")]
    public async Task The_host_is_preserved_and_the_server_name_is_the_routes()
    {
        var answer = await gateway.Http1.GetFromJsonAsync<BackendAnswer>("https://shop.test/some/path?a=b%20c", JsonSerializerOptions.Web, Cancellation);

        Assert.Equal(new BackendAnswer("backend", "shop.test", "/some/path?a=b%20c", "orders.internal", "HTTP/1.1"), answer);
    }

    [Theory]
    [InlineData(1, BackendProtocol.Http11)]
    [InlineData(2, BackendProtocol.Http11)]
    [InlineData(2, BackendProtocol.Http2)]
    public async Task An_internationalised_host_has_its_route_and_is_passed_as_it_was_sent(int front, BackendProtocol behind)
    {
        const string Host = "xn--bcher-kva.shop.test";
        Serve(Make.Route(Make.Backend(backend.Port) with { Protocol = behind }) with { Hostnames = [Host] });

        using var response = await (front == 1 ? gateway.Http1 : gateway.Http2).GetAsync($"https://{Host}/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var seen = backend.Requests.Entries.Single();
        Assert.Equal(Host, seen.Host);
        Assert.Equal(Host, seen.Headers["X-Forwarded-Host"]);
    }

    [Fact]
    [Trait("Promise", "P1")]
    public async Task Two_hundred_hosts_share_a_few_connections_all_verified_for_the_routes_name()
    {
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation }, async (number, token) =>
        {
            using var response = await gateway.Http1.GetAsync($"https://h{number}.shop.test/", token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        });

        Assert.Equal(200, backend.Requests.Entries.Select(request => request.Host).Distinct().Count());
        Assert.InRange(backend.Connections.Entries.Length, 1, 4);
        Assert.All(backend.Connections.Entries, connection => Assert.Equal("orders.internal", connection.ServerName));
    }

    [Theory]
    [InlineData(BackendProtocol.Http11)]
    [InlineData(BackendProtocol.Http2)]
    [Trait("Promise", "P1")]
    public async Task A_host_that_names_another_server_does_not_change_who_is_verified(BackendProtocol protocol)
    {
        // The backend would answer as other.test too: its certificate is good, only not the route's.
        await using var impostor = await TlsBackend.StartAsync(Make.Chain(corp, "other.test", "shop.test"), Cancellation);
        Serve(Make.Backend(impostor.Port) with { Protocol = protocol });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://shop.test/");

        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, impostor.ApplicationBytes);
        Assert.All(impostor.Connections.Entries, connection => Assert.Equal("orders.internal", connection.ServerName));
    }

    [Fact]
    public async Task Http2_pools_are_shared_by_every_spelling_of_a_host()
    {
        Serve(Make.Backend(backend.Port) with { Protocol = BackendProtocol.Http2 });

        foreach (var host in Spellings)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "https://a.shop.test/") { Headers = { Host = host } };
            using var response = await gateway.Http1.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Single(backend.Connections.Entries);
        Assert.All(backend.Requests.Entries, request => Assert.Equal("a.shop.test", request.Host));
    }

    [Fact]
    public async Task Http2_connections_are_counted_over_all_hosts_and_answered_503_beyond_the_limit()
    {
        Serve(Make.Backend(backend.Port) with { Protocol = BackendProtocol.Http2, Connections = new ConnectionSettings { MaximumPerEndpoint = 3 } });

        var answers = new List<HttpResponseMessage>();
        for (var number = 0; number < 5; number++)
        {
            answers.Add(await gateway.Http1.GetAsync($"https://h{number}.shop.test/", Cancellation));
        }

        Assert.Equal([200, 200, 200, 503, 503], answers.Select(answer => (int)answer.StatusCode));
        Assert.Equal("portcullis; error=connection_limit_reached; details=\"PC3103\"", answers[^1].Headers.GetValues("Proxy-Status").Single());
        Assert.Equal(3, backend.Connections.Entries.Length);
    }

    [Fact]
    public async Task Http1_requests_beyond_the_limit_wait_for_a_connection()
    {
        Serve(Make.Backend(backend.Port) with { Connections = new ConnectionSettings { MaximumPerEndpoint = 2 } });

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            using var response = await gateway.Http2.GetAsync($"https://h{number}.shop.test/", Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }));

        Assert.InRange(backend.Connections.Entries.Length, 1, 2);
    }

    [Fact]
    public async Task The_host_header_follows_the_backend()
    {
        Serve(Make.Backend(backend.Port) with { HostHeader = new HostHeader.Backend() });
        using var byBackend = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        Serve(Make.Backend(backend.Port) with { HostHeader = new HostHeader.Literal("fixed.example:81") });
        using var literal = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(["orders.internal", "fixed.example:81"], backend.Requests.Entries.Select(request => request.Host));
        Assert.All(backend.Connections.Entries, connection => Assert.Equal("orders.internal", connection.ServerName));
    }

    [Fact]
    public async Task Forwarding_headers_are_the_gateways_own()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://shop.test/headers");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.Add("X-Forwarded-Host", "evil.test");

        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        var seen = backend.Requests.Entries.Single().Headers;
        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal("https", seen["X-Forwarded-Proto"]);
        Assert.Equal("shop.test", seen["X-Forwarded-Host"]);
    }

    [Fact]
    public async Task Header_values_beyond_ASCII_are_matched_and_passed_as_the_bytes_they_are()
    {
        // What the client sends as UTF-8 is for the gateway a row of bytes, and is UTF-8 again for whoever reads it so.
        var bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Prüfung"));
        var route = Make.Route(Make.Backend(backend.Port));
        Serve(route with
        {
            Rules =
            [
                Make.Rule("/", new RuleAction.Refuse("PC1001")),
                route.Rules[0] with { Matches = [route.Rules[0].Matches[0] with { Headers = [new NameValueMatch("X-Department", bytes)] }] },
            ],
        });
        using var handler = gateway.Handler();
        handler.RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8;
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Department", "Prüfung");

        using var response = await client.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Prüfung", backend.Requests.Entries.Single().Headers["X-Department"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_a_listed_proxy_says_of_the_client_is_passed_on(int front)
    {
        await using var trusting = await GatewayFront.StartAsync(
            Cancellation, new ProxyOptions { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")], TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        trusting.Apply(Make.Mounts(corp), Make.Route(Make.Backend(backend.Port)), Make.Bundle(corp));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://shop.test/");
        request.Headers.Add("X-Forwarded-For", "192.0.2.7");
        request.Headers.Add("X-Forwarded-Host", "public.test");
        request.Headers.Add("X-Request-ID", "from-the-proxy");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var response = await (front == 1 ? trusting.Http1 : trusting.Http2).SendAsync(request, Cancellation);

        var seen = backend.Requests.Entries.Single().Headers;
        Assert.Equal("192.0.2.7, 127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal("public.test", seen["X-Forwarded-Host"]);
        Assert.Equal("for=192.0.2.7;host=\"public.test\";proto=https, for=127.0.0.1", seen["Forwarded"]);
        Assert.Equal("from-the-proxy", seen["X-Request-ID"]);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", seen["traceparent"]);
    }

    [Theory]
    [InlineData(1, "/a%2Fb")]
    [InlineData(2, "/a%2Fb")]
    [InlineData(1, "/a%5cb")]
    [InlineData(2, "/a%5cb")]
    [InlineData(2, "/a/..;/b")]
    public async Task A_path_that_can_be_read_in_two_ways_is_refused_over_both_versions(int front, string target)
    {
        var uri = new Uri($"https://shop.test{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        using var response = await (front == 1 ? gateway.Http1 : gateway.Http2).GetAsync(uri, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("portcullis; error=http_request_error; details=\"PC3120\"", response.Headers.GetValues("Proxy-Status").Single());
        Assert.Empty(backend.Requests.Entries);
    }

    [Theory]
    [InlineData(1, "/projects/group%2Fapp/raw?ref=a%2Fb", HttpStatusCode.OK)]
    [InlineData(2, "/projects/group%2Fapp/raw?ref=a%2Fb", HttpStatusCode.OK)]
    [InlineData(2, "/@scope%2fname", HttpStatusCode.OK)]
    [InlineData(1, "/test/https:%2F%2Fshop.test%2Fa%20b/", HttpStatusCode.OK)]
    [InlineData(1, "/admin/a%2Fb", HttpStatusCode.BadRequest)]
    [InlineData(1, "/admin%2Fusers", HttpStatusCode.BadRequest)]
    [InlineData(2, "/admin%2fusers", HttpStatusCode.BadRequest)]
    [InlineData(1, "/x/..%2Fadmin", HttpStatusCode.BadRequest)]
    [InlineData(2, "/x%2F..%2Fadmin", HttpStatusCode.BadRequest)]
    public async Task An_encoded_slash_is_kept_by_a_rule_that_says_so_and_that_both_readings_lead_to(int front, string target, HttpStatusCode status)
    {
        var configured = Make.Backend(backend.Port);
        var forward = new RuleAction.Forward([new WeightedBackend(configured.Name, 1)]);
        var route = Make.Route(configured) with { Rules = [Make.Rule("/", forward) with { KeepsEncodedSlashes = true }, Make.Rule("/admin", forward)] };
        gateway.Apply(Make.Mounts(corp), route, Make.Bundle(corp));
        var uri = new Uri($"https://shop.test{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        using var response = await (front == 1 ? gateway.Http1 : gateway.Http2).GetAsync(uri, Cancellation);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? [target] : [], backend.Requests.Entries.Select(request => request.Target));
    }

    [Theory]
    [InlineData("/packages/@scope%2Fname", "/npm/@scope%2Fname")]
    [InlineData("/packages%2F@scope/name", null)]
    public async Task A_replaced_prefix_leaves_an_encoded_slash_behind_it_as_it_is(string target, string? forwarded)
    {
        var configured = Make.Backend(backend.Port);
        var rule = Make.Rule("/packages", new RuleAction.Forward([new WeightedBackend(configured.Name, 1)])) with
        {
            KeepsEncodedSlashes = true,
            Filters = new RuleFilters { Url = new UrlChange { Path = new PathChange.Prefix("/npm") } },
        };
        gateway.Apply(Make.Mounts(corp), Make.Route(configured) with { Rules = [rule] }, Make.Bundle(corp));
        var uri = new Uri($"https://shop.test{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        using var response = await gateway.Http2.GetAsync(uri, Cancellation);

        Assert.Equal(forwarded is null ? [] : [forwarded], backend.Requests.Entries.Select(request => request.Target));
    }

    [Fact]
    public async Task Hop_by_hop_headers_stay_on_their_hop()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://shop.test/");
        request.Headers.Connection.Add("keep-alive");
        request.Headers.TryAddWithoutValidation("Keep-Alive", "timeout=5");
        request.Headers.TryAddWithoutValidation("Proxy-Connection", "keep-alive");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.Connection.Add("X-Private");
        request.Headers.Add("X-Private", "for the gateway");

        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        var seen = backend.Requests.Entries.Single().Headers;
        Assert.DoesNotContain("Keep-Alive", seen.Keys);
        Assert.DoesNotContain("Proxy-Connection", seen.Keys);
        Assert.DoesNotContain("Connection", seen.Keys);
        Assert.DoesNotContain("X-Private", seen.Keys);
    }

    [Fact]
    public async Task An_endpoint_may_be_a_name()
    {
        // It has ::1 too, which is not allowed here and is left alone.
        Serve(Make.Backend(backend.Port) with { Endpoints = [Make.Endpoint(backend.Port) with { Host = "LocalHost" }] });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_WebSocket_over_HTTP2_may_bring_the_key_that_only_HTTP1_needs()
    {
        using var request = new HttpRequestMessage(HttpMethod.Connect, "https://shop.test/websocket")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Protocol = "websocket";
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

        using var response = await gateway.Http2.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK)]
    [InlineData("CONNECT", HttpStatusCode.OK)]
    [InlineData("POST", HttpStatusCode.NotFound)]
    public async Task A_WebSocket_over_HTTP2_is_taken_by_rules_for_GET_as_it_is_over_HTTP1(string method, HttpStatusCode status)
    {
        var route = Make.Route(Make.Backend(backend.Port));
        Serve(route with { Rules = [route.Rules[0] with { Matches = [route.Rules[0].Matches[0] with { Method = method }] }] });
        using var request = new HttpRequestMessage(HttpMethod.Connect, "https://shop.test/websocket")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Protocol = "websocket";
        request.Headers.Add("Sec-WebSocket-Version", "13");

        using var response = await gateway.Http2.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Extended_CONNECT_for_anything_but_a_WebSocket_is_not_served()
    {
        using var request = new HttpRequestMessage(HttpMethod.Connect, "https://shop.test/")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Protocol = "connect-udp";

        using var response = await gateway.Http2.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task A_redirect_is_passed_on_and_never_followed()
    {
        using var response = await gateway.Http1.GetAsync("https://shop.test/redirect?to=https://elsewhere.test/", Cancellation);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("https://elsewhere.test/", response.Headers.Location?.AbsoluteUri);
        Assert.Single(backend.Requests.Entries);
    }

    [Fact]
    public async Task A_body_of_more_than_thirty_megabytes_passes()
    {
        using var body = new ByteArrayContent(new byte[31 * 1024 * 1024]);

        using var response = await gateway.Http1.PostAsync("https://shop.test/", body, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_gRPC_call_keeps_its_trailers()
    {
        Serve(Make.Backend(backend.Port) with { Protocol = BackendProtocol.Grpc });
        using var call = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };

        using var response = await gateway.Http2.PostAsync("https://shop.test/grpc", call, Cancellation);
        await response.Content.ReadAsByteArrayAsync(Cancellation);

        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Requests_are_spread_over_backends_by_weight()
    {
        await using var second = await TlsBackend.StartAsync(new TlsBackendOptions { Name = "second", Default = Make.Chain(corp) }, Cancellation);
        var (one, two) = (Make.Backend(backend.Port), Make.Backend(second.Port) with { Name = "second" });
        Serve(Make.Route(one, two) with
        {
            Rules = [Make.Rule("/", new RuleAction.Forward([new WeightedBackend("orders", 0), new WeightedBackend("second", 1)]))],
        });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Empty(backend.Requests.Entries);
        Assert.Single(second.Requests.Entries);
    }

    [Fact]
    public async Task Requests_are_spread_over_the_endpoints_of_a_backend()
    {
        await using var second = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        Serve(Make.Backend(backend.Port) with { Endpoints = [Make.Endpoint(backend.Port), Make.Endpoint(second.Port)], LoadBalancing = LoadBalancing.RoundRobin });

        for (var number = 0; number < 10; number++)
        {
            using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
        }

        Assert.Equal(5, backend.Requests.Entries.Length);
        Assert.Equal(5, second.Requests.Entries.Length);
    }

    private void Serve(BackendConfiguration configuration) => Serve(Make.Route(configuration));

    private void Serve(RouteEntry route) => gateway.Apply(Make.Mounts(corp), route, Make.Bundle(corp));
}
