using System.Net;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Tests.Proxy.Kit;

namespace Portcullis.Gateway.Tests.Proxy.Filters;

public sealed class RedirectTests : IAsyncLifetime
{
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateway = await GatewayFront.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Theory]

    // What is not named stays: scheme, host, port, path, query.
    [InlineData("/a?b=c", "shop.test", null, "www.example.com", null, "https://www.example.com/a?b=c")]
    [InlineData("/a", "shop.test", "http", null, null, "http://shop.test/a")]
    [InlineData("/a", "shop.test", null, null, 8443, "https://shop.test:8443/a")]
    [InlineData("/a", "SHOP.test", null, null, 8443, "https://SHOP.test:8443/a")]

    // The port that the client used stays only while the scheme does.
    [InlineData("/a", "shop.test:9443", null, "www.example.com", null, "https://www.example.com:9443/a")]
    [InlineData("/a", "shop.test:9443", "https", "www.example.com", null, "https://www.example.com/a")]
    [InlineData("/a", "shop.test:9443", "http", null, null, "http://shop.test/a")]
    [InlineData("/a", "shop.test:9443", null, null, 443, "https://shop.test/a")]
    [InlineData("/a", "shop.test:443", null, "www.example.com", null, "https://www.example.com/a")]

    // Well-known ports are not written; those of the other scheme are.
    [InlineData("/a", "shop.test", "https", null, 443, "https://shop.test/a")]
    [InlineData("/a", "shop.test", "http", null, 80, "http://shop.test/a")]
    [InlineData("/a", "shop.test", "http", null, 443, "http://shop.test:443/a")]
    [InlineData("/a", "shop.test", "https", null, 80, "https://shop.test:80/a")]

    // As it was written.
    [InlineData("/a%20b/%e2%82%ac?x=%2F", "shop.test", null, "www.example.com", null, "https://www.example.com/a%20b/%e2%82%ac?x=%2F")]
    [InlineData("//evil.test/", "shop.test", null, "www.example.com", null, "https://www.example.com//evil.test/")]
    public async Task The_location_is_what_was_asked_for_with_the_named_parts_replaced(
        string target, string host, string? scheme, string? hostname, int? port, string location)
    {
        Serve(new RuleAction.Redirect { Scheme = scheme, Hostname = hostname, Port = port, StatusCode = 302 }, "/");

        Assert.Equal((302, location), await AskAsync(target, host));
    }

    [Theory]
    [InlineData("/old/x?q=1", "/old", "/new", "https://shop.test/new/x?q=1")]
    [InlineData("/old", "/old", "/new", "https://shop.test/new")]
    [InlineData("/old/", "/old", "/new", "https://shop.test/new/")]
    [InlineData("/old/x", "/old", "/", "https://shop.test/x")]
    [InlineData("/old", "/old/", "/", "https://shop.test/")]
    public async Task A_prefix_is_replaced_as_in_a_rewrite(string target, string prefix, string replacement, string location)
    {
        Serve(new RuleAction.Redirect { Path = new PathChange.Prefix(replacement), StatusCode = 301 }, prefix);

        Assert.Equal((301, location), await AskAsync(target, "shop.test"));
    }

    [Fact]
    public async Task A_whole_path_is_replaced_and_the_query_stays()
    {
        Serve(new RuleAction.Redirect { Path = new PathChange.Full("/moved%20here"), StatusCode = 308 }, "/");

        Assert.Equal((308, "https://shop.test/moved%20here?a=b"), await AskAsync("/old/place?a=b", "shop.test"));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Every_status_of_a_redirect_is_answered_over_both_versions(int status)
    {
        Serve(new RuleAction.Redirect { Hostname = "www.example.com", StatusCode = status }, "/");

        using var first = await gateway.Http1.PostAsync("https://shop.test/a", new StringContent("body"), Cancellation);
        using var second = await gateway.Http2.GetAsync("https://shop.test/a", Cancellation);

        Assert.Equal([status, status], new[] { (int)first.StatusCode, (int)second.StatusCode });
        Assert.Equal("https://www.example.com/a", second.Headers.Location?.OriginalString);
        Assert.Equal("", await second.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Response_headers_of_the_rule_are_on_its_redirect()
    {
        Serve(
            new RuleAction.Redirect { Hostname = "www.example.com", StatusCode = 302 },
            "/",
            new RuleFilters { ResponseHeaders = new HeaderChanges { Set = [new("Cache-Control", "max-age=60")] } });

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal("max-age=60", response.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("ftp", null, null, 302)]
    [InlineData(null, "a b", null, 302)]
    [InlineData(null, "www.example.com\r\nX: y", null, 302)]
    [InlineData(null, null, 0, 302)]
    [InlineData(null, null, 8443, 200)]
    public async Task A_redirect_that_cannot_be_meant_is_refused(string? scheme, string? hostname, int? port, int status)
    {
        Serve(new RuleAction.Redirect { Scheme = scheme, Hostname = hostname, Port = port, StatusCode = status }, "/");

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    private void Serve(RuleAction.Redirect redirect, string prefix, RuleFilters? filters = null) => gateway.Apply(
        MountedBundles.Empty, Make.Route() with { Rules = [Make.Rule(prefix, redirect) with { Filters = filters }] });

    private async Task<(int Status, string? Location)> AskAsync(string target, string host)
    {
        var uri = new Uri($"https://shop.test{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Headers = { Host = host } };
        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        return ((int)response.StatusCode, response.Headers.Location?.OriginalString);
    }
}
