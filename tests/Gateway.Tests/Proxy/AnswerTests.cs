using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy;

public sealed class AnswerTests : IAsyncLifetime
{
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private TlsBackend backend = null!;
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        gateway = await GatewayFront.StartAsync(Cancellation, time: time);
        Serve(TimeSpan.FromSeconds(5));
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await backend.DisposeAsync();
        corp.Dispose();
    }

    [Fact]
    public async Task A_request_that_takes_longer_than_its_route_allows_is_answered_504()
    {
        var held = gateway.Http1.GetAsync("https://shop.test/hold", Cancellation);
        await backend.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);

        time.Advance(TimeSpan.FromSeconds(5));

        using var response = await held;
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("portcullis; error=http_response_timeout; details=\"PC3104\"", response.Headers.GetValues("Proxy-Status").Single());
    }

    [Fact]
    public async Task A_request_on_which_nothing_moves_is_ended_unless_its_rule_gives_it_longer()
    {
        await using var impatient = await GatewayFront.StartAsync(
            Cancellation, new ProxyOptions { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")], IdleTimeout = TimeSpan.FromMilliseconds(300) });
        var route = Make.Route(Make.Backend(backend.Port));
        impatient.Apply(
            Make.Mounts(corp),
            route with { Rules = [route.Rules[0] with { RequestTimeout = TimeSpan.FromMinutes(10) }] },
            route with { Route = new("shop", "other"), Hostnames = ["other.test"] },
            Make.Bundle(corp));
        var patient = impatient.Http1.GetAsync("https://shop.test/hold", Cancellation);
        await backend.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);

        using var ended = await impatient.Http1.GetAsync("https://other.test/hold", Cancellation);

        Assert.Equal(HttpStatusCode.GatewayTimeout, ended.StatusCode);
        backend.Release();
        using var response = await patient;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_response_that_takes_longer_than_its_route_allows_is_reset(int front)
    {
        var client = front == 1 ? gateway.Http1 : gateway.Http2;
        using var download = await client.GetAsync("https://shop.test/download?every=5", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await download.Content.ReadAsStreamAsync(Cancellation);
        await body.ReadExactlyAsync(new byte[1024], Cancellation);

        time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_backend_that_dies_in_the_middle_of_its_answer_resets_the_answer(int front)
    {
        var client = front == 1 ? gateway.Http1 : gateway.Http2;

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync("https://shop.test/truncate", Cancellation));
    }

    [Fact]
    public async Task A_backend_that_dies_before_its_answer_is_answered_502()
    {
        using var response = await gateway.Http1.GetAsync("https://shop.test/abort", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("portcullis; error=connection_terminated; details=\"PC3105\"", response.Headers.GetValues("Proxy-Status").Single());
    }

    [Theory]
    [InlineData("https://other.test/", "12")]
    [InlineData("https://shop.test/abort", "14")]
    public async Task A_gRPC_call_is_told_in_its_own_way(string url, string status)
    {
        using var call = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };

        using var response = await gateway.Http2.PostAsync(url, call, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, response.Headers.GetValues("grpc-status").Single());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task TRACE_is_not_served()
    {
        using var request = new HttpRequestMessage(HttpMethod.Trace, "https://shop.test/");

        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Empty(backend.Requests.Entries);
    }

    [Fact]
    public async Task A_HEAD_request_is_answered_without_a_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "https://other.test/");

        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Ending_requests_ends_what_would_never_end()
    {
        Serve(null);
        using var download = await gateway.Http1.GetAsync("https://shop.test/download?every=5", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await download.Content.ReadAsStreamAsync(Cancellation);

        gateway.Engine.EndRequests();

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, Cancellation));
    }

    private void Serve(TimeSpan? timeout)
    {
        var route = Make.Route(Make.Backend(backend.Port));
        gateway.Apply(Make.Mounts(corp), route with { Rules = [route.Rules[0] with { RequestTimeout = timeout }] }, Make.Bundle(corp));
    }
}
