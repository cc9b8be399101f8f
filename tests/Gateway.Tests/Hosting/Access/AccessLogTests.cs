using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Access;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Tests.Hosting.Kit;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Access;

/// <summary>The whole gateway, and the line that it writes of each request.</summary>
public sealed class AccessLogTests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private const string Refused = "refused.shop.test";
    private const string Empty = "empty.shop.test";
    private const string Moved = "moved.shop.test";

    // As it is written, which the client would otherwise tidy.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly TestAuthority company = TestAuthority.CreateRoot("company");
    private readonly TestAuthority stranger = TestAuthority.CreateRoot("stranger");
    private TlsBackend backend = null!;
    private TlsBackend strange = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(company), Cancellation);
        strange = await TlsBackend.StartAsync(Make.Chain(stranger), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await strange.DisposeAsync();
        await backend.DisposeAsync();
        stranger.Dispose();
        company.Dispose();
    }

    [Fact]
    public async Task A_request_that_was_served_says_who_asked_for_what_and_where_it_went()
    {
        await using var gateway = await StartAsync(AccessLogMode.All);
        using var client = gateway.Client(HttpVersion.Version20);

        var body = await client.GetStringAsync(new Uri($"https://{Host}/a%20b/c?token=secret"), Cancellation);

        var line = await LineAsync(gateway);
        Assert.StartsWith($"127.0.0.1 GET https://{Host}/a%20b/c HTTP/2 200 ", line, StringComparison.Ordinal);
        Assert.Contains($" Route=shop/web Backend=orders Endpoint=127.0.0.1:{backend.Port} ServerName=orders.internal Bytes={body.Length} ", line, StringComparison.Ordinal);
        Assert.Contains(" Tls=Tls13 ", line, StringComparison.Ordinal);
        Assert.EndsWith(Assert.Single(backend.Requests.Entries).Headers["X-Request-ID"], line.Split(" TraceId=")[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Code=", line, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public async Task Nothing_that_may_be_secret_is_in_it()
    {
        await using var gateway = await StartAsync(AccessLogMode.All);
        using var client = gateway.Client(HttpVersion.Version11);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://{Host}/?token=secret1") { Content = new StringContent("secret2") };
        request.Headers.Add("Authorization", "Bearer secret3");
        request.Headers.Add("Cookie", "session=secret4");
        request.Headers.Referrer = new Uri("https://elsewhere.test/?secret5");

        using var answer = await client.SendAsync(request, Cancellation);

        Assert.DoesNotContain("secret", await LineAsync(gateway), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none.test", "/", 404, "PC3101", "destination_not_found")]
    [InlineData(Host, "/a%2fb", 400, "PC3120", "http_request_error")]
    [InlineData("xn--bcher-kva.shop.test", "/", 404, "PC3101", "destination_not_found")]
    [InlineData(Refused, "/", 502, "PC2001", "tls_certificate_error")]
    public async Task A_refusal_has_the_code_that_its_client_was_told(string host, string path, int status, string code, string error)
    {
        await using var gateway = await StartAsync(AccessLogMode.Failures);
        using var client = gateway.Client(HttpVersion.Version11);

        using var answer = await client.GetAsync(new Uri($"https://{host}{path}", AsWritten), Cancellation);

        var line = await LineAsync(gateway);
        var told = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement;
        Assert.Equal((status, code), ((int)answer.StatusCode, told.GetProperty("code").GetString()));
        Assert.StartsWith($"127.0.0.1 GET https://{host}{path} HTTP/1.1 {status} Code={code} Error={error} ", line, StringComparison.Ordinal);
        Assert.EndsWith($"Id={told.GetProperty("traceId").GetString()}", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello\r\n\r\n", "- - - 400")]
    [InlineData("GET /a?token=secret HTTP/1.1\r\nAuthorization: Bearer secret\r\n\r\n", "GET https:///a HTTP/1.1 400")]
    [InlineData("GET /a?token=secret HTTP/1.1\r\nHost: shop.test\r\nCookie session=secret\r\n\r\n", "GET https://shop.test/a HTTP/1.1 400")]
    [InlineData("GET /a HTTP/1.1\r\nHost: shop.test\r\n\r\nhello\r\n\r\n", "- - - 400")]
    [Trait("Promise", "P9")]
    public async Task A_request_that_cannot_be_read_has_a_line_too(string said, string begins)
    {
        await using var gateway = await StartAsync(AccessLogMode.Failures);

        await SayAsync(gateway, said);

        Assert.Equal($"127.0.0.1 {begins} Error=http_request_error Tls=Tls13", await LineAsync(gateway));
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_to_its_end_has_no_second_line()
    {
        await using var gateway = await StartAsync(AccessLogMode.All);

        await SayAsync(gateway, $"POST /echo HTTP/1.1\r\nHost: {Host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        await SayAsync(gateway, "hello\r\n\r\n");

        var lines = await LinesAsync(gateway, 2);
        Assert.StartsWith($"127.0.0.1 POST https://{Host}/echo HTTP/1.1 400 Code=PC3109 ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1 - - - 400 ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_names_its_route()
    {
        await using var gateway = await StartAsync(AccessLogMode.All);
        using var client = gateway.Client(HttpVersion.Version11);

        using var answer = await client.GetAsync(new Uri($"https://{Moved}/a"), Cancellation);

        Assert.StartsWith($"127.0.0.1 GET https://{Moved}/a HTTP/1.1 301 Route=shop/moved Bytes=0 ", await LineAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_with_nothing_ready_is_named_all_the_same()
    {
        await using var gateway = await StartAsync(AccessLogMode.Failures);
        using var client = gateway.Client(HttpVersion.Version11);

        using var answer = await client.GetAsync(new Uri($"https://{Empty}/"), Cancellation);

        Assert.Contains(" 503 Code=PC3102 Error=destination_unavailable Route=shop/empty ", await LineAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_succeeds_is_not_logged_among_failures()
    {
        await using var gateway = await StartAsync(AccessLogMode.Failures);
        using var client = gateway.Client(HttpVersion.Version11);

        await client.GetStringAsync(new Uri($"https://{Host}/"), Cancellation);
        using var refused = await client.GetAsync(new Uri("https://none.test/"), Cancellation);

        Assert.Contains("https://none.test/", await LineAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_does_not_wait_is_named_so()
    {
        await using var gateway = await StartAsync(AccessLogMode.Failures);
        using var client = gateway.Client(HttpVersion.Version20);
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var asking = client.GetAsync(new Uri($"https://{Host}/hold"), leaves.Token);
        await backend.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);

        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Contains(" HTTP/2 499 Ended=", await LineAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_listed_proxy_the_client_is_whom_it_names_unless_the_request_was_refused_unread()
    {
        await using var gateway = await StartAsync(AccessLogMode.All, IPNetwork.Parse("127.0.0.0/8"));
        using var client = gateway.Client(HttpVersion.Version11);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.7, 203.0.113.9");

        await client.GetStringAsync(new Uri($"https://{Host}/"), Cancellation);
        using var refused = await client.GetAsync(
            new Uri($"https://{Host}/a%5cb", AsWritten), Cancellation);

        var lines = await LinesAsync(gateway, 2);
        Assert.StartsWith("203.0.113.9 ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1 ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_do_not_wait_for_whoever_reads_the_log()
    {
        using var slow = new StalledLog();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(slow));
        var access = new AccessLog(AccessLogMode.All, new ForwardedHeaders([]), TimeProvider.System, factory.CreateLogger<AccessLog>());
        await access.StartAsync(Cancellation);

        for (var request = 0; request < 20_000; request++)
        {
            await access.RecordAsync(Any(), _ => Task.CompletedTask);
        }

        slow.Resume();
        await access.StopAsync(Cancellation);

        var written = slow.Lines.Count(line => line.Contains("https://shop.test/", StringComparison.Ordinal));
        Assert.InRange(written, 1, 10_000);
        Assert.Contains(slow.Lines, line => line.StartsWith($"{20_000 - written} requests were served and not logged", StringComparison.Ordinal));
    }

    private static DefaultHttpContext Any()
    {
        var context = new DefaultHttpContext { Request = { Method = "GET", Scheme = "https", Headers = { Host = Host }, Path = "/", Protocol = "HTTP/2" } };
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";

        return context;
    }

    /// <summary>Completes when the gateway has closed the connection.</summary>
    private static async Task SayAsync(WholeGateway gateway, string bytes)
    {
        await using var stream = await TestClient.ConnectAsync(gateway.EndPoint, gateway.Root, Host, Cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(bytes), Cancellation);
        await stream.CopyToAsync(Stream.Null, Cancellation);
    }

    private static async Task<string> LineAsync(WholeGateway gateway) => Assert.Single(await LinesAsync(gateway, 1));

    private static async Task<ImmutableArray<string>> LinesAsync(WholeGateway gateway, int number)
    {
        var lines = await gateway.Log.Lines.WaitAsync(entries => entries.Count(IsAccess) >= number, Cancellation);

        return [.. lines.Where(IsAccess).Select(line => line.Message)];
    }

    private static bool IsAccess(LogLine line) => line.Category == typeof(AccessLog).FullName;

    private async Task<WholeGateway> StartAsync(AccessLogMode mode, params ImmutableArray<IPNetwork> proxies)
    {
        var gateway = await WholeGateway.StartAsync(options => options with { AccessLog = mode, TrustedProxies = proxies }, Cancellation, Host, "*.shop.test", "none.test");
        gateway.Serve(
            Make.Mounts(company),
            Make.Bundle(company),
            Make.Route(Make.Backend(backend.Port)) with { Hostnames = [Host] },
            Make.Route(Make.Backend(strange.Port)) with { Route = new ResourceKey("shop", "refused"), Hostnames = [Refused] },
            Make.Route(Make.Backend(backend.Port) with { Endpoints = [] }) with { Route = new ResourceKey("shop", "empty"), Hostnames = [Empty] },
            Make.Route() with
            {
                Route = new ResourceKey("shop", "moved"),
                Hostnames = [Moved],
                Rules = [Make.Rule("/", new RuleAction.Redirect { StatusCode = 301, Hostname = Host })],
            });

        return gateway;
    }
}
