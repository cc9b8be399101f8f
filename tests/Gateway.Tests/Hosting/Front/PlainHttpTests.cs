using System.Net;
using Microsoft.AspNetCore.Builder;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Link;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>What a route says of plain HTTP and of HSTS, asked of a whole gateway. The routes refuse what they take, so 503 means that a request got through.</summary>
public sealed class PlainHttpTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly TestAuthority root = TestAuthority.CreateRoot("public");
    private readonly TestLog log = new();
    private WebApplication? gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var leaf = root.Issue("redirect.test", "serve.test", "off.test");
        var front = new ResourceKey("shop", "front");
        var configuration = GatewayConfiguration.Of(
        [
            new SettingsEntry { DefaultCertificate = front },
            new CertificateEntry { Certificate = front, ChainPem = TestPem.Certificates(leaf), PrivateKeyPem = TestPem.PrivateKey(leaf) },
            Route("redirect", null),
            Route("serve", new FrontSettings { Http = PlainHttp.Serve, StrictTransportSecurity = "max-age=60; includeSubDomains" }),
            Route("off", new FrontSettings { Http = PlainHttp.Off }),
        ]);
        await new SavedConfiguration(folder["saved"]).SaveAsync(new VersionedConfiguration(new ConfigurationVersion(1, 1), configuration), Cancellation);
        folder.Write("bundles/README", "");
        gateway = GatewayHost.Build(
            new GatewayOptions
            {
                // Nobody listens there; discard is a port that is never given out.
                Link = new LinkOptions { Operator = new Uri("https://127.0.0.1:9"), CaFile = folder["ca.crt"], TokenFile = folder["token"], SavedConfiguration = folder["saved"] },
                BundleDirectories = [folder["bundles"]],
                Https = [new ListenAddress(IPAddress.Loopback, 0)],
                Http = [new ListenAddress(IPAddress.Loopback, 0)],
                PublicHttpsPort = 8443,
                TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")],
            },
            log.Configure);
        await gateway.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway!.StopAsync(CancellationToken.None);
        await gateway.DisposeAsync();
        log.Dispose();
        root.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task By_default_a_request_is_sent_to_https_with_its_path_and_query_as_they_are()
    {
        using var response = await AskAsync("http", "redirect.test", "/a%20b/../c;d?q=1&r=%2F");

        Assert.Equal(HttpStatusCode.PermanentRedirect, response.StatusCode);
        Assert.Equal("https://redirect.test:8443/a%20b/../c;d?q=1&r=%2F", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_route_may_serve_plain_http_or_not_be_there()
    {
        using var served = await AskAsync("http", "serve.test", "/");
        using var absent = await AskAsync("http", "off.test", "/");
        using var unknown = await AskAsync("http", "unknown.test", "/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, served.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Browsers_are_told_to_keep_to_https_over_https_only()
    {
        using var secure = await AskAsync("https", "serve.test", "/");
        using var plain = await AskAsync("http", "serve.test", "/");
        using var without = await AskAsync("https", "redirect.test", "/");

        Assert.Equal(["max-age=60; includeSubDomains"], secure.Headers.GetValues("Strict-Transport-Security"));
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
        Assert.False(without.Headers.Contains("Strict-Transport-Security"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, without.StatusCode);
    }

    [Theory]
    [InlineData("redirect.test", "https", HttpStatusCode.ServiceUnavailable)]
    [InlineData("off.test", "https", HttpStatusCode.ServiceUnavailable)]
    [InlineData("redirect.test", "http", HttpStatusCode.PermanentRedirect)]
    [InlineData("off.test", "http", HttpStatusCode.NotFound)]
    public async Task What_a_listed_proxy_got_over_https_is_not_plain_http(string host, string said, HttpStatusCode status)
    {
        using var response = await AskAsync("http", host, "/", said);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Browsers_are_told_to_keep_to_https_through_a_listed_proxy_too()
    {
        using var response = await AskAsync("http", "serve.test", "/", "https");

        Assert.Equal(["max-age=60; includeSubDomains"], response.Headers.GetValues("Strict-Transport-Security"));
    }

    private static RouteEntry Route(string name, FrontSettings? front) => new()
    {
        Route = new ResourceKey("shop", name),
        Created = DateTimeOffset.UnixEpoch,
        Hostnames = [$"{name}.test"],
        Front = front,
        Rules = [new RouteRule { Name = "all", Matches = [new RouteMatch { Path = new PathMatch(PathMatchType.PathPrefix, "/") }], Action = new RuleAction.Refuse("PC1001") }],
        Backends = [],
    };

    private async Task<HttpResponseMessage> AskAsync(string scheme, string host, string target, string? forwardedProto = null)
    {
        var port = new Uri(gateway!.Urls.Single(url => url.StartsWith(scheme + ":", StringComparison.Ordinal))).Port;
        var address = new IPEndPoint(IPAddress.Loopback, port);
        using var client = scheme == "https" ? TestClient.To(address, root.Certificate) : TestClient.InClearTo(address);
        var uri = new Uri($"{scheme}://{host}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", forwardedProto is null ? [] : [forwardedProto]);

        return await client.GetAsync(uri, Cancellation);
    }
}
