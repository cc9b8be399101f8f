namespace Portcullis.EndToEnd.Tests.Comparison.Smuggling;

/// <summary>The judge of the comparison forgives nothing, and finds no fault where there is none.</summary>
public sealed class StrictReaderTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: shop.test\r\n";
    private const string Chunked = Post + "Transfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [InlineData(Get, 1)]
    [InlineData(Get + Get, 2)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", 1)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: shop.test\r\n\r\n", 1)]
    [InlineData("GET https://shop.test/a?b HTTP/1.1\r\nHost: shop.test\r\n\r\n", 1)]
    [InlineData("GET /a%20b;c=1/%C3%A9?d=/../%2f HTTP/1.1\r\nHost: shop.test\r\nX:\r\nY: \t\u00e9 \r\n\r\n", 1)]
    [InlineData(Post + "Content-Length: 5\r\n\r\nhello" + Get, 2)]
    [InlineData(Chunked + "5;a=b\r\nhello\r\n0\r\nX: 1\r\n\r\n" + Get, 2)]
    public void What_has_one_reading_is_read(string bytes, int requests)
    {
        var reading = StrictReader.Of(bytes);

        Assert.Equal((requests, false, bytes.Length), (reading.Requests, reading.IsBrokenOff, reading.Length));
        Assert.Empty(reading.Doubts);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: shop")]
    [InlineData("GET / HTTP/1.1\r\nHost: shop.test\r\n\r")]
    [InlineData(Post + "Content-Length: 6\r\n\r\nhello")]
    [InlineData(Chunked)]
    [InlineData(Chunked + "5")]
    [InlineData(Chunked + "5\r\nhello")]
    [InlineData(Chunked + "5\r\nhello\r")]
    [InlineData(Chunked + "0\r\nX: 1\r\n")]
    public void What_ends_too_early_is_broken_off(string bytes)
    {
        var reading = StrictReader.Of(bytes);

        Assert.Equal((0, true), (reading.Requests, reading.IsBrokenOff));
        Assert.Empty(reading.Doubts);
    }

    [Theory]
    [InlineData("\r\n" + Get, Doubt.EmptyLine)]
    [InlineData("GET / HTTP/1.1\nHost: shop.test\r\n\r\n", Doubt.BareLineEnd)]
    [InlineData("GET / HTTP/1.1\r\nHost: shop.test\n\n", Doubt.BareLineEnd)]
    [InlineData(Post + "X: a\rb\r\n\r\n", Doubt.BareLineEnd)]
    [InlineData(Post + "X: a\u0000b\r\n\r\n", Doubt.Control)]
    [InlineData("GET  / HTTP/1.1\r\nHost: shop.test\r\n\r\n", Doubt.RequestLine)]
    [InlineData("GET / HTTP/2.0\r\nHost: shop.test\r\n\r\n", Doubt.RequestLine)]
    [InlineData(Post + "X: a\r\n b\r\n\r\n", Doubt.Folded)]
    [InlineData(Post + "X : a\r\n\r\n", Doubt.HeaderName)]
    [InlineData(Post + "X\r\n\r\n", Doubt.HeaderName)]
    [InlineData(Post + "Content_Length: 5\r\n\r\n", Doubt.LookAlike)]
    [InlineData(Post + "Host: shop.test\r\n\r\n", Doubt.Host)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", Doubt.Host)]
    [InlineData("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", Doubt.Host)]
    [InlineData(Post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", Doubt.BothFramings)]
    [InlineData(Post + "Content-Length: +5\r\n\r\nhello", Doubt.Length)]
    [InlineData(Post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", Doubt.Length)]
    [InlineData(Post + "Transfer-Encoding: identity, chunked\r\n\r\n", Doubt.Encoding)]
    [InlineData(Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", Doubt.Encoding)]
    [InlineData("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Doubt.OldEncoding)]
    [InlineData(Chunked + "+5\r\nhello\r\n0\r\n\r\n", Doubt.Chunk)]
    [InlineData(Chunked + "5\r\nhelloworld\r\n0\r\n\r\n", Doubt.Chunk)]
    [InlineData(Chunked + "5\nhello\r\n0\r\n\r\n", Doubt.BareLineEnd)]
    [InlineData(Chunked + "0\r\nContent-Length: 5\r\n\r\n", Doubt.Trailer)]
    [InlineData("GET /a\\b HTTP/1.1\r\nHost: shop.test\r\n\r\n", Doubt.Target)]
    [InlineData("GET /a%zz HTTP/1.1\r\nHost: shop.test\r\n\r\n", Doubt.Target)]
    [InlineData("GET https://evil.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n", Doubt.Authority)]
    [InlineData("GET /a/%2e%2E/b HTTP/1.1\r\nHost: shop.test\r\n\r\n", Doubt.Path)]
    [InlineData("GET /a/..;/b HTTP/1.1\r\nHost: shop.test\r\n\r\n", Doubt.Path)]
    [InlineData("GET /a%2fb HTTP/1.1\r\nHost: shop.test\r\n\r\n", Doubt.Path)]
    [InlineData("GET /%c0%af HTTP/1.1\r\nHost: shop.test\r\n\r\n", Doubt.Path)]
    public void What_two_may_read_differently_is_named(string bytes, string doubt) => Assert.Equal([doubt], StrictReader.Of(bytes).Doubts);

    [Fact]
    public void Nothing_received_is_a_refusal() => Assert.Equal(Outcome.Refused, Judgement.Of(Get, [], "400").Outcome);

    [Theory]
    [InlineData(Get, Outcome.Passed)]
    [InlineData("GET / HTTP/1.1\r\nHost : shop.test\r\n\r\n", Outcome.Cleaned)]
    public void A_clean_request_was_passed_or_cleaned(string sent, object outcome) => Assert.Equal(outcome, Judgement.Of(sent, [Get], "200").Outcome);

    [Fact]
    public void A_cut_request_is_no_whole_one() => Assert.Equal(Outcome.BrokenOff, Judgement.Of(Get, [Chunked], "400").Outcome);

    [Theory]
    [InlineData(Get)]
    [InlineData("GET /")]
    [InlineData("x")]
    public void What_follows_the_only_request_of_a_connection_is_hidden(string more)
    {
        var judgement = Judgement.Of(Get, [Get + more], "200");

        Assert.Equal((Outcome.Ambiguous, Doubt.Hidden), (judgement.Outcome, Assert.Single(judgement.Doubts)));
    }
}
