using System.Globalization;
using System.Net;
using System.Text;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Tests.Proxy.Kit;

namespace Portcullis.Gateway.Tests.Proxy.Misbehaving;

/// <summary>Verified servers whose HTTP is wrong: never more than one failed request, never half an answer that looks whole.</summary>
public sealed class ResponseTests : MisbehavingTests
{
    public static TheoryData<string, string> NotHttp => new()
    {
        { "noise", "\u0001\u0002\u0003\r\n\r\n" },
        { "a banner", "220 mail.internal ESMTP\r\n\r\n" },
        { "no version", "200 OK\r\n\r\n" },
        { "no number", "HTTP/1.1 abc OK\r\n\r\n" },
        { "a number of four digits", "HTTP/1.1 2000 OK\r\n\r\n" },
        { "a header without a colon", "HTTP/1.1 200 OK\r\nContent-Length 5\r\n\r\nhello" },
        { "a control character in a header", "HTTP/1.1 200 OK\r\nX-A: a\u0001b\r\nContent-Length: 0\r\n\r\n" },
        { "the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello" },
        { "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nhello" },
        { "two lengths in a list", "HTTP/1.1 200 OK\r\nContent-Length: 5, 3\r\n\r\nhello" },
        { "a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello" },
        { "a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello" },
        { "a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello" },
        { "a length beyond 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello" },
        { "headers beyond any limit", "HTTP/1.1 200 OK\r\nX-A: " + new string('a', 300_000) + "\r\n\r\n" },
        { "many headers", "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(number => $"X-{number}: a\r\n")) + "\r\n" },
        { "HTTP/2 in HTTP/1.1", "\0\0\0\u0004\0\0\0\0\0\0\0\0\r\n\r\n" },
        { "a status below 100", "HTTP/1.1 099 Odd\r\nContent-Length: 5\r\n\r\nhello" },
        { "a coding that nobody asked for", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" },
        { "a coding that nobody knows beside a length", "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\nhello" },
        { "101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello" },
    };

    [Theory]
    [MemberData(nameof(NotHttp))]
    public async Task An_answer_that_is_no_HTTP_is_answered_502(string what, string answer)
    {
        await using var server = ScriptedServer.AnsweringOnce(Corp.Issue("orders.internal"), answer);
        Serve(server.Port);

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.True(response.StatusCode == HttpStatusCode.BadGateway, $"{what}: {response}");
        Assert.StartsWith("portcullis; error=", response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
        await GoodIsServedAsync();
    }

    [Fact]
    public async Task Header_fields_beyond_the_limit_have_a_code_of_their_own()
    {
        await using var server = ScriptedServer.AnsweringOnce(
            Corp.Issue("orders.internal"),
            "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 18).Select(number => $"Set-Cookie: a{number}={new string('a', 3_900)}\r\n")) + "Content-Length: 0\r\n\r\n");
        Serve(server.Port);

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("portcullis; error=http_response_header_section_size; details=\"PC3118\"", response.Headers.GetValues("Proxy-Status").Single());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_flood_of_interim_answers_ends_with_the_requests_time(int front) => await EndlessAsync(
        front, (stream, token) => ScriptedServer.SayAsync(stream, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", token));

    [Fact]
    public async Task A_flood_of_interim_answers_is_cut_off_at_the_size_of_headers()
    {
        await using var server = ScriptedServer.Start(Corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            await ScriptedServer.ReadRequestAsync(stream, token);
            while (true)
            {
                await ScriptedServer.SayAsync(stream, string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 100)), token);
            }
        });
        Serve(server.Port);

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await GoodIsServedAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_header_that_drips_ends_with_the_requests_time(int front) => await EndlessAsync(
        front,
        async (stream, token) =>
        {
            await ScriptedServer.SayAsync(stream, "a", token);
            await Task.Delay(20, token);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_endless_header_is_answered_502(int front)
    {
        await using var server = ScriptedServer.Start(Corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            await ScriptedServer.ReadRequestAsync(stream, token);
            await ScriptedServer.SayAsync(stream, "HTTP/1.1 200 OK\r\nX-A: ", token);
            while (true)
            {
                await ScriptedServer.SayAsync(stream, new string('a', 16_000), token);
            }
        });
        Serve(server.Port);

        using var response = await Front(front).GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await GoodIsServedAsync();
    }

    [Theory]
    [InlineData(1, "Content-Length: 10\r\n\r\nhello")]
    [InlineData(2, "Content-Length: 10\r\n\r\nhello")]
    [InlineData(1, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData(2, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData(1, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData(2, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData(1, "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n")]
    [InlineData(2, "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData(1, "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff5\r\nhello\r\n0\r\n\r\n")]
    public async Task Half_an_answer_never_looks_whole(int front, string rest)
    {
        await using var server = ScriptedServer.AnsweringOnce(Corp.Issue("orders.internal"), "HTTP/1.1 200 OK\r\n" + rest);
        Serve(server.Port);

        await NeverWholeAsync(front);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_has_no_length_is_whole_only_when_TLS_was_ended(int front)
    {
        const string Answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello";
        await using var polite = ScriptedServer.AnsweringOnce(Corp.Issue("orders.internal"), Answer);
        Serve(polite.Port);

        Assert.Equal("hello", await Front(front).GetStringAsync("https://shop.test/", Cancellation));

        await using var cut = ScriptedServer.Start(Corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            await ScriptedServer.ReadRequestAsync(stream, token);
            await ScriptedServer.SayAsync(stream, Answer, token);
        });
        Serve(cut.Port);

        await NeverWholeAsync(front);
    }

    [Theory]
    [InlineData(1, "GET", "204 No Content\r\nContent-Length: 5\r\n\r\n", HttpStatusCode.NoContent)]
    [InlineData(2, "GET", "204 No Content\r\nContent-Length: 5\r\n\r\n", HttpStatusCode.NoContent)]
    [InlineData(1, "HEAD", "204 No Content\r\nContent-Length: 5\r\n\r\n", HttpStatusCode.NoContent)]
    [InlineData(2, "HEAD", "204 No Content\r\nContent-Length: 5\r\n\r\n", HttpStatusCode.NoContent)]
    [InlineData(1, "GET", "204 No Content\r\nContent-Length: 0\r\n\r\n", HttpStatusCode.NoContent)]
    [InlineData(1, "GET", "204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", HttpStatusCode.NoContent)]
    [InlineData(1, "GET", "205 Reset Content\r\nContent-Length: 5\r\n\r\nhello", HttpStatusCode.ResetContent)]
    [InlineData(2, "GET", "205 Reset Content\r\nContent-Length: 5\r\n\r\nhello", HttpStatusCode.ResetContent)]
    [InlineData(1, "GET", "205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", HttpStatusCode.ResetContent)]
    [InlineData(1, "HEAD", "205 Reset Content\r\nContent-Length: 5\r\n\r\n", HttpStatusCode.ResetContent)]
    [InlineData(1, "GET", "304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\n", HttpStatusCode.NotModified)]
    [InlineData(2, "GET", "304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\nhello", HttpStatusCode.NotModified)]
    public async Task An_answer_that_has_no_content_ends_with_its_headers_whatever_length_it_names(int front, string method, string answer, HttpStatusCode status)
    {
        await using var server = ScriptedServer.AnsweringOnce(Corp.Issue("orders.internal"), "HTTP/1.1 " + answer);
        Serve(server.Port);
        using var request = new HttpRequestMessage(new HttpMethod(method), "https://shop.test/");

        using var response = await Front(front).SendAsync(request, Cancellation);

        Assert.Equal(status, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
        await GoodIsServedAsync();
    }

    [Fact]
    public async Task A_length_beside_chunks_does_not_count()
    {
        await using var server = ScriptedServer.AnsweringOnce(
            Corp.Issue("orders.internal"), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        Serve(server.Port);

        Assert.Equal("hello", await Gateway.Http1.GetStringAsync("https://shop.test/", Cancellation));
        await GoodIsServedAsync();
    }

    [Fact]
    public async Task Bytes_beyond_an_answer_are_not_the_next_one()
    {
        await using var server = ScriptedServer.Answering(
            Corp.Issue("orders.internal"),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
            (_, _) => Task.CompletedTask);
        Serve(server.Port);

        for (var number = 0; number < 5; number++)
        {
            Assert.Equal("hello", await Gateway.Http1.GetStringAsync($"https://shop.test/{number}", Cancellation));
        }
    }

    [Fact]
    public async Task An_answer_given_before_it_was_asked_for_goes_to_one_request_at_most()
    {
        await using var server = ScriptedServer.Start(Corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            await ScriptedServer.SayAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearlyHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison", token);
            while (await ScriptedServer.ReadRequestAsync(stream, token))
            {
            }
        });
        Serve(server.Port);

        for (var number = 0; number < 5; number++)
        {
            using var response = await Gateway.Http1.GetAsync($"https://shop.test/{number}", Cancellation);
            Assert.DoesNotContain("poison", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        await GoodIsServedAsync();
    }

    [Fact]
    public async Task Names_and_words_outside_ASCII_pass_through_headers_as_the_bytes_they_are()
    {
        var sent = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("attachment; filename=\"Prüfung.pdf\""));
        await using var server = ScriptedServer.AnsweringOnce(
            Corp.Issue("orders.internal"), $"HTTP/1.1 200 OK\r\nContent-Disposition: {sent}\r\nContent-Length: 0\r\n\r\n");
        Serve(server.Port);

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(sent, response.Content.Headers.GetValues("Content-Disposition").Single());
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Empty:\r\nX-Folded: a\r\n b\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;extension=1\r\nhello\r\n0\r\nX-Trailer: a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: a\r\nContent-Length: 5\r\n\r\nhello")]
    public async Task Unusual_answers_that_are_valid_or_harmless_pass(string answer)
    {
        await using var server = ScriptedServer.AnsweringOnce(Corp.Issue("orders.internal"), answer);
        Serve(server.Port);

        using var response = await Gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.False(response.Headers.Contains("X-Hop"));
        await GoodIsServedAsync();
    }

    private async Task EndlessAsync(int front, Func<System.Net.Security.SslStream, CancellationToken, Task> drip)
    {
        await using var server = ScriptedServer.Start(Corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            await ScriptedServer.ReadRequestAsync(stream, token);
            await ScriptedServer.SayAsync(stream, "HTTP/1.1 103 Early Hints\r\nX-A: a\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-A: a\r\n\r\n", token);
            while (true)
            {
                await drip(stream, token);
            }
        });
        Serve(Make.Backend(server.Port), TimeSpan.FromSeconds(1));

        using var response = await Front(front).GetAsync("https://shop.test/", Cancellation);

        Assert.True(response.StatusCode is HttpStatusCode.GatewayTimeout or HttpStatusCode.BadGateway, $"{response}");
        await GoodIsServedAsync();
    }

    private async Task NeverWholeAsync(int front)
    {
        try
        {
            using var response = await Front(front).GetAsync("https://shop.test/", Cancellation);
            Assert.True(response.StatusCode == HttpStatusCode.BadGateway, string.Create(CultureInfo.InvariantCulture, $"{response}"));
        }
        catch (HttpRequestException)
        {
            // Broken off: the client knows.
        }

        await GoodIsServedAsync();
    }

    private HttpClient Front(int version) => version == 1 ? Gateway.Http1 : Gateway.Http2;
}
