using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Hosting.Access;
using Portcullis.Gateway.Tests.Hosting.Kit;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.Gateway.Tests.Proxy.Misbehaving;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front;

/// <summary>Fields behind a response's body: over HTTP/2 to everyone, over HTTP/1.1 to those who ask for them.</summary>
public sealed class TrailersTests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private const string Chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Digest\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n";
    private const string Trailed = Chunks + "0\r\nX-Digest: a\r\nX-Digest: \u00fc\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n";

    private readonly TestAuthority company = TestAuthority.CreateRoot("company");
    private WholeGateway gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        gateway = await WholeGateway.StartAsync(options => options with { AccessLog = AccessLogMode.All }, Cancellation, Host);

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        company.Dispose();
    }

    [Fact]
    public async Task A_client_of_HTTP_1_that_takes_trailers_gets_them_but_none_that_would_frame_the_body()
    {
        await using var server = Answering(Trailed);

        var answer = await AskAsync("GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close, TE\r\nTE: deflate;q=0.5, Trailers\r\n\r\n");

        var (head, body) = Halves(answer);
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nTrailer: X-Digest\r\n", head, StringComparison.Ordinal);
        Assert.Equal("hello, world", Unchunked(body, out var trailers));
        Assert.Equal("X-Digest: a\r\nX-Digest: \u00fc\r\n", trailers);
        await LoggedAsync(" Bytes=12 ");
    }

    [Fact]
    public async Task Another_client_of_HTTP_1_gets_none()
    {
        await using var server = Answering(Trailed);

        var (_, body) = Halves(await AskAsync("GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n"));

        Assert.Equal("hello, world", Unchunked(body, out var trailers));
        Assert.Empty(trailers);
    }

    [Fact]
    public async Task A_client_of_HTTP_2_gets_them()
    {
        await using var server = Answering(Trailed);
        using var client = gateway.Client(HttpVersion.Version20);

        using var response = await client.GetAsync(new Uri("https://shop.test/"), Cancellation);

        Assert.Equal("hello, world", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("x-digest", Assert.Single(response.TrailingHeaders).Key);
    }

    [Fact]
    public async Task Those_of_an_HTTP_2_backend_reach_a_client_of_HTTP_1()
    {
        await using var backend = await TlsBackend.StartAsync(Make.Chain(company), Cancellation);
        Serve(Make.Backend(backend.Port) with { Protocol = BackendProtocol.Http2 });
        using var client = gateway.Client(HttpVersion.Version11);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://shop.test/grpc")
        {
            Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.ParseAdd("trailers");
        request.Headers.Connection.Add("TE");

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal([0, 0, 0, 0, 0], await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("0", Assert.Single(response.TrailingHeaders.GetValues("grpc-status")));
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "\r\nContent-Length: 5\r\n", "hello")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", "HTTP/1.1 304 ", "")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 ", "")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Digest\r\n\r\n", "HTTP/1.1 200 ", "")]
    [InlineData("TRACE", "never asked", "\r\nContent-Length: ", "*")]
    public async Task What_has_a_length_or_no_body_stays_as_it_is(string method, string answer, string head, string body)
    {
        await using var server = Answering(answer);

        var halves = Halves(await AskAsync($"{method} / HTTP/1.1\r\nHost: shop.test\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n"));

        Assert.Contains(head, halves.Head, StringComparison.Ordinal);
        if (method != "HEAD")
        {
            Assert.DoesNotContain("Transfer-Encoding", halves.Head, StringComparison.Ordinal);
        }

        Assert.True(body == "*" ? halves.Body.StartsWith('{') : body == halves.Body, halves.Body);
    }

    [Fact]
    public async Task An_answer_without_a_body_is_followed_by_the_next_on_the_same_connection()
    {
        await using var server = Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        var answers = await AskAsync(
            "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: TE\r\nTE: trailers\r\n\r\nGET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n");

        Assert.Equal(2, answers.Split("HTTP/1.1 200 OK\r\n").Length - 1);
        Assert.Equal(2, answers.Split("\r\nContent-Length: 0\r\n").Length - 1);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_does_not_look_whole()
    {
        await using var server = Answering(Chunks);

        // A reset may take along what was on the way.
        Assert.DoesNotContain("\r\n0\r\n", await AskAsync("GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: TE\r\nTE: trailers\r\n\r\n"), StringComparison.Ordinal);
        await LoggedAsync(" Ended=ResponseBodyDestination ");
    }

    private static (string Head, string Body) Halves(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);

        return (answer[..(end + 2)], answer[(end + 4)..]);
    }

    private static string Unchunked(string body, out string trailers)
    {
        var content = new StringBuilder();
        var rest = body;
        while (true)
        {
            var line = rest.IndexOf("\r\n", StringComparison.Ordinal);
            var size = Convert.ToInt32(rest[..line], 16);
            rest = rest[(line + 2)..];
            if (size == 0)
            {
                Assert.EndsWith("\r\n", rest, StringComparison.Ordinal);
                trailers = rest[..^2];
                return content.ToString();
            }

            content.Append(rest, 0, size);
            Assert.Equal("\r\n", rest.Substring(size, 2));
            rest = rest[(size + 2)..];
        }
    }

    private ScriptedServer Answering(string answer)
    {
        var server = ScriptedServer.AnsweringOnce(company.Issue("orders.internal"), answer);
        Serve(Make.Backend(server.Port));

        return server;
    }

    private void Serve(BackendConfiguration backend) => gateway.Serve(Make.Mounts(company), Make.Route(backend), Make.Bundle(company));

    private async Task<string> AskAsync(string bytes)
    {
        await using var stream = await TestClient.ConnectAsync(gateway.EndPoint, gateway.Root, Host, Cancellation);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), Cancellation);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, Cancellation);
        }
        catch (IOException)
        {
            // Cut, which is how a broken answer ends.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    private async Task LoggedAsync(string part) =>
        await gateway.Log.Lines.WaitAsync(lines => lines.Any(line => line.Message.Contains(part, StringComparison.Ordinal)), Cancellation);
}
