using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Portcullis.EndToEnd.Tests.Running;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Peers;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests;

/// <summary>What is spoken over verified connections arrives whole.</summary>
public sealed class ProtocolTests : EndToEndTest
{
    [Fact]
    public async Task A_gRPC_call_keeps_its_body_and_its_trailers()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend.Port, "protocol: GRPC");
        using var client = standalone.Client(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://shop.front.test/grpc") { Content = new ByteArrayContent([0, 0, 0, 0, 2, 8, 1]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.TE.ParseAdd("trailers");

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal([0, 0, 0, 0, 2, 8, 1], await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("0", Assert.Single(response.TrailingHeaders.GetValues("grpc-status")));
        Assert.Equal("HTTP/2", Assert.Single(backend.Requests.Entries).Protocol);
    }

    [Fact]
    public async Task A_large_upload_comes_back_as_it_was_sent()
    {
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend.Port);
        using var client = standalone.Client();
        var sent = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(number => $"{number,10}")));

        using var response = await client.PostAsync(new Uri("https://shop.front.test/echo"), new ByteArrayContent(sent), Cancellation);

        Assert.Equal(sent, await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    [Trait("Promise", "P1")]
    public async Task A_redirect_of_the_backend_is_given_to_the_client_and_not_followed()
    {
        await using var elsewhere = await BackendAsync("elsewhere.corp.internal");
        await using var backend = await BackendAsync("orders.corp.internal");
        await using var standalone = await StartAsync(backend.Port);
        using var client = standalone.Client();

        using var response = await client.GetAsync(new Uri($"https://shop.front.test/redirect?to=https://127.0.0.1:{elsewhere.Port}/"), Cancellation);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Empty(elsewhere.Connections.Entries);
    }

    [Theory]
    [InlineData("HTTP11")]
    [InlineData("HTTP2")]
    public async Task Nginx_answers_over_each_version(string protocol)
    {
        Assert.SkipUnless(Nginx.IsInstalled, "nginx is not installed");
        var site = Site();
        await using var nginx = await Nginx.StartAsync([site], Cancellation);

        await AssertAnswersAsync(site, protocol);
    }

    [Theory]
    [InlineData("HTTP11")]
    [InlineData("HTTP2")]
    public async Task Apache_answers_over_each_version(string protocol)
    {
        Assert.SkipUnless(Apache.IsInstalled, "Apache is not installed");
        var site = Site();
        await using var apache = await Apache.StartAsync([site], Cancellation);

        await AssertAnswersAsync(site, protocol);
    }

    private PeerSite Site() => new(FreePorts.Next(), "orders.corp.internal", PresentedChain.Of(Root.Issue("orders.corp.internal")));

    private async Task AssertAnswersAsync(PeerSite site, string protocol)
    {
        await using var standalone = await StartAsync(site.Port, $"protocol: {protocol}", "hostHeader: {type: Backend}");

        var answer = await standalone.AnswersAsync("shop.front.test", 200);

        Assert.Equal("hello from a real web server\n", answer.Body);
    }

    private Task<Standalone> StartAsync(int port, params string[] more) => Standalone.StartAsync(
        Cancellation,
        ("bundle.yaml", Manifest.Bundle("company", Root.Certificate)),
        ("route.yaml", Manifest.Route("shop", "shop.front.test", port, "company", "orders.corp.internal", more)));
}
