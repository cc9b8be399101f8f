using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.Gateway.Tests.Proxy.Misbehaving;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Filters;

public sealed class FilterTests : IAsyncLifetime
{
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private TlsBackend backend = null!;
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        gateway = await GatewayFront.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
        corp.Dispose();
    }

    [Fact]
    public async Task Request_headers_are_set_then_added_then_removed()
    {
        Serve(new RuleFilters
        {
            RequestHeaders = new HeaderChanges
            {
                Set = [new("X-Set", "ours"), new("X-New", "new"), new("Content-Type", "text/csv")],
                Add = [new("X-Add", "second"), new("X-Added", "only")],
                Remove = ["x-remove", "X-Absent"],
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://shop.test/") { Content = new StringContent("a,b") };
        request.Headers.Add("X-Set", "theirs");
        request.Headers.Add("X-Add", "first");
        request.Headers.Add("X-Remove", "gone");
        request.Headers.Add("X-Kept", "kept");

        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        var seen = backend.Requests.Entries.Single().Headers;
        Assert.Equal("ours", seen["X-Set"]);
        Assert.Equal("new", seen["X-New"]);
        Assert.Equal("text/csv", seen["Content-Type"]);
        Assert.Equal("first,second", seen["X-Add"]);
        Assert.Equal("only", seen["X-Added"]);
        Assert.DoesNotContain("X-Remove", seen.Keys);
        Assert.Equal("kept", seen["X-Kept"]);
    }

    [Fact]
    public async Task What_looks_like_a_header_that_a_rule_decides_is_dropped()
    {
        Serve(new RuleFilters { RequestHeaders = new HeaderChanges { Set = [new("X-User", "anonymous")], Remove = ["X-Admin"] } });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://shop.test/");
        request.Headers.Add("X_User", "root");
        request.Headers.Add("x_admin", "yes");
        request.Headers.Add("X.User", "root");
        request.Headers.Add("x~admin", "yes");
        request.Headers.Add("api_key", "kept");

        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        var seen = backend.Requests.Entries.Single().Headers;
        Assert.Equal("anonymous", seen["X-User"]);
        Assert.DoesNotContain("X_User", seen.Keys);
        Assert.DoesNotContain("X_Admin", seen.Keys);
        Assert.DoesNotContain("X.User", seen.Keys);
        Assert.DoesNotContain("X~Admin", seen.Keys);
        Assert.Equal("kept", seen["api_key"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Response_headers_are_set_then_added_then_removed_whatever_the_status(int front)
    {
        await using var server = ScriptedServer.AnsweringOnce(
            corp.Issue("orders.internal"), "HTTP/1.1 404 Not Found\r\nX-Powered-By: secret\r\nX-Set: theirs\r\nX-Add: first\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno");
        Serve(
            new RuleFilters
            {
                ResponseHeaders = new HeaderChanges
                {
                    Set = [new("X-Set", "ours"), new("Content-Type", "text/plain")],
                    Add = [new("X-Add", "second")],
                    Remove = ["X-Powered-By"],
                },
            },
            Make.Backend(server.Port));

        using var response = await (front == 1 ? gateway.Http1 : gateway.Http2).GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("ours", response.Headers.GetValues("X-Set").Single());
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["first", "second"], response.Headers.GetValues("X-Add"));
        Assert.False(response.Headers.Contains("X-Powered-By"));
        Assert.Equal("no", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("/app/login?a=b%20c", "/login?a=b%20c")]
    [InlineData("/app", "/")]
    [InlineData("/app/", "/")]
    [InlineData("/app?q", "/?q")]
    [InlineData("/%61pp/b%20c", "/b%20c")]
    [InlineData("/bestellung/x", "/x")]
    [InlineData("/app/%E2%82%AC", "/%E2%82%AC")]
    public async Task The_prefix_of_the_match_that_took_the_request_is_replaced(string asked, string seen)
    {
        Serve(Route(new RuleFilters { Url = new UrlChange { Path = new PathChange.Prefix("/") } }, "/app", "/bestellung"));

        using var response = await gateway.Http1.GetAsync($"https://shop.test{asked}", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Uri.UnescapeDataString(seen), Uri.UnescapeDataString(backend.Requests.Entries.Single().Target));
    }

    [Fact]
    public async Task The_host_that_is_rewritten_is_what_the_backend_sees_and_not_who_is_verified()
    {
        Serve(new RuleFilters { Url = new UrlChange { Hostname = "rewritten.example.com", Path = new PathChange.Full("/one%20place") } });

        using var response = await gateway.Http1.GetAsync("https://shop.test:443/a/b?c=d", Cancellation);

        var seen = backend.Requests.Entries.Single();
        Assert.Equal("rewritten.example.com", seen.Host);
        Assert.Equal("/one%20place?c=d", seen.Target);
        Assert.Equal("orders.internal", seen.ServerName);
        Assert.Equal("shop.test", seen.Headers["X-Forwarded-Host"]);
    }

    [Fact]
    public async Task Everything_that_names_the_backend_is_mapped_back_behind_a_prefix()
    {
        var answer = new StringBuilder("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n");
        await using var server = ScriptedServer.Start(corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            while (await ScriptedServer.ReadRequestAsync(stream, token))
            {
                await ScriptedServer.SayAsync(stream, answer.ToString(), token);
            }
        });
        answer.Append($"Location: https://orders.internal:{server.Port}/login?next=%2Fcart\r\n")
            .Append($"Content-Location: //127.0.0.1:{server.Port}/login.html\r\n")
            .Append("Refresh: 5; url=/waiting\r\n")
            .Append("Set-Cookie: a=1; Domain=orders.internal; Path=/\r\n")
            .Append("Set-Cookie: b=2; Path=/cart; HttpOnly\r\n\r\n");
        var filters = new RuleFilters { Url = new UrlChange { Path = new PathChange.Prefix("/") }, Mapping = new ResponseMapping(Locations: true, Cookies: true) };
        Serve(Route(filters, "/app") with { Backends = [Make.Backend(server.Port)] });

        using var response = await gateway.Http1.GetAsync("https://shop.test/app/cart", Cancellation);

        Assert.Equal("https://shop.test/app/login?next=%2Fcart", response.Headers.Location?.OriginalString);
        Assert.Equal("//shop.test/app/login.html", response.Content.Headers.ContentLocation?.OriginalString);
        Assert.Equal("5; url=/app/waiting", response.Headers.GetValues("Refresh").Single());
        Assert.Equal(["a=1; Domain=shop.test; Path=/app", "b=2; Path=/app/cart; HttpOnly"], response.Headers.GetValues("Set-Cookie"));
    }

    [Theory]
    [InlineData(true, "/app/x", "a=1; Path=/")]
    [InlineData(false, "/x", "a=1; Path=/app")]
    public async Task Locations_and_cookies_are_mapped_apart(bool locations, string location, string cookie)
    {
        await using var server = ScriptedServer.AnsweringOnce(
            corp.Issue("orders.internal"), "HTTP/1.1 302 Found\r\nLocation: /x\r\nSet-Cookie: a=1; Path=/\r\nContent-Length: 0\r\n\r\n");
        var filters = new RuleFilters { Url = new UrlChange { Path = new PathChange.Prefix("/") }, Mapping = new ResponseMapping(locations, Cookies: !locations) };
        Serve(Route(filters, "/app") with { Backends = [Make.Backend(server.Port)] });

        using var response = await gateway.Http1.GetAsync("https://shop.test/app/", Cancellation);

        Assert.Equal(location, response.Headers.Location?.OriginalString);
        Assert.Equal(cookie, response.Headers.GetValues("Set-Cookie").Single());
    }

    [Theory]
    [InlineData("http://sent.test/login", "https://shop.test/login")]
    [InlineData("https://elsewhere.test/login", "https://elsewhere.test/login")]
    public async Task What_the_backend_was_called_it_may_call_itself(string said, string mapped)
    {
        Serve(
            new RuleFilters { Mapping = new ResponseMapping(Locations: true, Cookies: true) },
            Make.Backend(backend.Port) with { HostHeader = new HostHeader.Literal("sent.test") });

        using var response = await gateway.Http2.GetAsync($"https://shop.test/redirect?to={Uri.EscapeDataString(said)}", Cancellation);

        Assert.Equal(mapped, response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Without_the_filter_a_location_passes_untouched()
    {
        Serve(new RuleFilters { Url = new UrlChange { Hostname = "sent.test" } });

        using var response = await gateway.Http1.GetAsync("https://shop.test/redirect?to=http://sent.test/login", Cancellation);

        Assert.Equal("http://sent.test/login", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_path_that_a_route_writes_encoded_takes_every_spelling_of_it()
    {
        Serve(Route(new RuleFilters { Url = new UrlChange { Path = new PathChange.Prefix("/menu") } }, "/caf%C3%A9%20bar"));

        var answer = await gateway.Http1.GetFromJsonAsync<BackendAnswer>("https://shop.test/caf%c3%a9%20%62ar/tea", JsonSerializerOptions.Web, Cancellation);

        Assert.Equal("/menu/tea", answer?.Target);
    }

    [Fact]
    public async Task A_route_whose_filters_could_break_a_message_is_refused_as_a_whole()
    {
        HeaderChanges[] broken =
        [
            new() { Set = [new("X-A", "a\r\nX-B: b")] },
            new() { Add = [new("Content-Length", "1")] },
            new() { Remove = ["Transfer-Encoding"] },
            new() { Set = [new("X A", "a")] },
        ];

        foreach (var changes in broken)
        {
            Serve(new RuleFilters { RequestHeaders = changes });
            using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        Assert.Empty(backend.Requests.Entries);
    }

    private void Serve(RuleFilters filters) => Serve(filters, Make.Backend(backend.Port));

    private void Serve(RuleFilters filters, BackendConfiguration to) => Serve(Route(filters, "/") with { Backends = [to] });

    private RouteEntry Route(RuleFilters filters, params string[] prefixes)
    {
        var route = Make.Route(Make.Backend(backend.Port));

        return route with
        {
            Rules = [route.Rules[0] with { Matches = [.. prefixes.Select(prefix => new RouteMatch { Path = new PathMatch(PathMatchType.PathPrefix, prefix) })], Filters = filters }],
        };
    }

    private void Serve(RouteEntry route) => gateway.Apply(Make.Mounts(corp), route, Make.Bundle(corp));
}
