using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Text;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Tests.Hosting.Front.Floods;
using Portcullis.Gateway.Tests.Hosting.Front.Http2;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.Gateway.Tests.Proxy.Misbehaving;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Peers;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Proxy.Forwarding;

/// <summary>Verified backends that fail, and what their clients and they themselves see of it.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private const string Bad = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nX-Failed: yes\r\nSet-Cookie: failed=1\r\n\r\nbusy";

    // DATA is less, and nothing else ends a request.
    private const byte Headers = 0x1;

    private static readonly RetryRule Twice = new() { Codes = [502, 503], Attempts = 2, Backoff = TimeSpan.FromMilliseconds(1) };

    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private readonly ConcurrentQueue<string> seen = new();
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateway = await GatewayFront.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        corp.Dispose();
    }

    [Fact]
    public async Task A_failed_answer_is_asked_for_again_and_nothing_of_it_is_seen()
    {
        await using var server = Answering(Bad, Bad, Good);
        Serve(Twice, server.Port);

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("OK", response.ReasonPhrase);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.False(response.Headers.Contains("X-Failed"));
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task The_last_answer_is_the_backends_own_when_all_attempts_are_spent()
    {
        await using var server = Answering(Bad);
        Serve(Twice, server.Port);

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("busy", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("yes", response.Headers.GetValues("X-Failed").Single());
        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task A_status_that_is_not_named_is_passed_on()
    {
        await using var server = Answering("HTTP/1.1 500 Bug\r\nContent-Length: 0\r\n\r\n", Good);
        Serve(Twice, server.Port);

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Single(seen);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task What_is_not_idempotent_is_sent_once(string method)
    {
        await using var server = Answering(Bad, Good);
        Serve(Twice, server.Port);
        using var request = new HttpRequestMessage(new HttpMethod(method), "https://shop.test/");

        using var response = await gateway.Http1.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(seen);
    }

    [Theory]
    [InlineData("POST", "Content-Length: 0\r\n")]
    [InlineData("POST", "")]
    [InlineData("PATCH", "")]
    [InlineData("LOCK", "")]
    public async Task What_is_not_idempotent_is_sent_once_on_a_connection_that_has_served_before_too(string method, string length)
    {
        await using var server = Answering(Good, "", Good);
        Serve(null, server.Port);
        await gateway.Http1.GetStringAsync("https://shop.test/", Cancellation);

        var answer = await AskAsync($"{method} / HTTP/1.1\r\nHost: shop.test\r\n{length}\r\n");

        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Equal(2, seen.Count);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task What_is_idempotent_survives_a_connection_that_ends_when_it_is_used_again(string method)
    {
        await using var server = Answering(Good, "", Good);
        Serve(null, server.Port);
        await gateway.Http1.GetStringAsync("https://shop.test/", Cancellation);

        var answer = await AskAsync($"{method} / HTTP/1.1\r\nHost: shop.test\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_rule_an_answer_is_an_answer()
    {
        await using var server = Answering(Bad, Good);
        Serve(null, server.Port);

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(seen);
    }

    [Fact]
    public async Task A_body_is_sent_again_byte_for_byte()
    {
        await using var server = Answering(Bad, "", Good);
        Serve(Twice, server.Port);
        var body = Random.Shared.GetItems("abcdefghijklmnopqrstuvwxyz0123456789".AsSpan(), 64 * 1024);

        using var response = await gateway.Http1.PutAsync("https://shop.test/", new ByteArrayContent(Encoding.ASCII.GetBytes(body)), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([new string(body), new string(body), new string(body)], seen);
    }

    [Fact]
    public async Task An_empty_body_that_has_not_ended_yet_is_no_obstacle()
    {
        var answers = new Queue<string>([Bad, Good]);
        var asked = new TaskCompletionSource();
        await using var server = ScriptedServer.Start(corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            while (await ScriptedServer.ReadRequestAsync(stream, token))
            {
                asked.TrySetResult();
                await ScriptedServer.SayAsync(stream, answers.Dequeue(), token);
            }
        });
        Serve(Twice, server.Port);
        await using var stream = await gateway.ConnectOverHttp2Async("shop.test", Cancellation);
        byte[] head = [.. Http2Frames.Literal(2, "PUT"), 0x87, .. Http2Frames.Literal(1, "shop.test"), 0x84, .. Http2Frames.Header("content-length", "0")];

        await stream.WriteAsync((byte[])[.. Http2Frames.Preface, .. Http2Frames.Headers(1, Http2Frames.EndHeaders, head)], Cancellation);
        await asked.Task.WaitAsync(Cancellation);
        await stream.WriteAsync(Http2Frames.Of(type: 0x0, Http2Frames.EndStream, stream: 1, []), Cancellation);

        Assert.Equal("200", await Http2Outcome.ReadAsync(stream, [], Cancellation));
    }

    [Fact]
    public async Task A_body_beyond_what_is_kept_is_sent_once()
    {
        await using var server = Answering(Bad, Good);
        Serve(Twice, server.Port);

        using var response = await gateway.Http1.PutAsync("https://shop.test/", new ByteArrayContent(new byte[(64 * 1024) + 1]), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(seen);
    }

    [Fact]
    public async Task A_connection_that_ends_before_its_answer_is_replaced()
    {
        await using var server = Answering("", Good);
        Serve(Twice, server.Port);

        Assert.Equal("hello", await gateway.Http1.GetStringAsync("https://shop.test/", Cancellation));
    }

    [Fact]
    public async Task An_answer_that_ends_after_its_headers_is_not_asked_for_again()
    {
        await using var server = Answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", Good);
        Serve(Twice, server.Port);

        await Assert.ThrowsAsync<HttpRequestException>(() => gateway.Http1.GetStringAsync("https://shop.test/", Cancellation));
        Assert.Single(seen);
    }

    [Fact]
    [Trait("Promise", "P1")]
    public async Task A_verdict_is_final()
    {
        using var unknown = TestAuthority.CreateRoot("unknown");
        await using var stranger = await TlsBackend.StartAsync(Make.Chain(unknown), Cancellation);
        Serve(Twice, stranger.Port);

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains(VerdictText.Code(VerdictReason.UnknownAuthority), response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
        Assert.Single(stranger.Connections.Entries);
        Assert.Equal(0, stranger.ApplicationBytes);
    }

    [Fact]
    public async Task An_endpoint_at_which_nobody_answers_is_passed_over_without_any_rule()
    {
        await using var server = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        Serve(null, LoadBalancing.RoundRobin, FreePorts.Next(), server.Port);

        for (var number = 0; number < 6; number++)
        {
            using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endpoint_at_which_nobody_answers_fails_no_request_however_many_come(bool hasRule)
    {
        await using var server = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        Serve(hasRule ? Twice : null, LoadBalancing.RoundRobin, FreePorts.Next(), server.Port);

        for (var number = 0; number < 100; number++)
        {
            using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
            Assert.True(response.IsSuccessStatusCode, $"Request {number} was answered {response.StatusCode}.");
        }
    }

    [Theory]
    [InlineData(BackendProtocol.Http11, false)]
    [InlineData(BackendProtocol.Http11, true)]
    [InlineData(BackendProtocol.Http2, false)]
    public async Task What_nobody_has_heard_of_goes_to_another_endpoint_whatever_it_asks_for(BackendProtocol protocol, bool hasRule)
    {
        await using var server = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        var both = Make.Backend(server.Port) with { Endpoints = [Make.Endpoint(FreePorts.Next()), Make.Endpoint(server.Port)], LoadBalancing = LoadBalancing.RoundRobin };
        Serve(both with { Protocol = protocol }, hasRule ? Twice : null, null);

        for (var number = 0; number < 6; number++)
        {
            using var response = await gateway.Http1.PostAsync("https://shop.test/echo", new StringContent("order"), Cancellation);
            Assert.Equal("order", await response.Content.ReadAsStringAsync(Cancellation));
        }

        Assert.Equal(6, server.Requests.Entries.Length);
    }

    [Theory]
    [InlineData(BackendProtocol.Http11)]
    [InlineData(BackendProtocol.Http2)]
    public async Task What_was_sent_to_an_endpoint_that_breaks_off_does_not_go_to_another(BackendProtocol protocol)
    {
        await using var breaking = protocol == BackendProtocol.Http11 ? Answering("") : LeavingHttp2();
        await using var server = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        Serve(Make.Backend(breaking.Port) with { Endpoints = [Make.Endpoint(breaking.Port), Make.Endpoint(server.Port)], LoadBalancing = LoadBalancing.RoundRobin, Protocol = protocol }, null, null);

        using var one = await gateway.Http1.PostAsync("https://shop.test/", new StringContent("order"), Cancellation);
        using var other = await gateway.Http1.PostAsync("https://shop.test/", new StringContent("order"), Cancellation);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.BadGateway], new[] { one.StatusCode, other.StatusCode }.Order());
        Assert.Single(seen);
        Assert.Single(server.Requests.Entries);
    }

    [Fact]
    public async Task After_a_detour_nothing_is_done_twice_either()
    {
        await using var leaving = LeavingHttp2();
        await using var server = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        var endpoints = new[] { FreePorts.Next(), leaving.Port, server.Port }.Select(port => Make.Endpoint(port));
        Serve(Make.Backend(leaving.Port) with { Endpoints = [.. endpoints], LoadBalancing = LoadBalancing.RoundRobin, Protocol = BackendProtocol.Http2 }, null, null);

        for (var number = 0; number < 6; number++)
        {
            using var response = await gateway.Http1.PostAsync("https://shop.test/", new StringContent("order"), Cancellation);
        }

        Assert.Equal(6, seen.Count + server.Requests.Entries.Length);
    }

    [Fact]
    public async Task Another_endpoint_is_asked_before_the_same_one_again()
    {
        await using var failing = Answering(Bad);
        await using var server = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        Serve(Twice with { Attempts = 1 }, LoadBalancing.RoundRobin, failing.Port, server.Port);

        for (var number = 0; number < 6; number++)
        {
            using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.NotEmpty(seen);
    }

    [Fact]
    public async Task A_backend_that_always_fails_gets_a_fifth_more_requests_and_twenty()
    {
        await using var server = Answering(Bad);
        Serve(Twice, server.Port);

        await FailAsync(100);

        // Each wants two more. The first request finds the store of twenty full and earns nothing.
        Assert.Equal(100 + 20 + (99 / 5), seen.Count);
    }

    [Fact]
    public async Task A_changed_rule_brings_no_new_retries()
    {
        await using var server = Answering(Bad);
        Serve(Twice, server.Port);
        await FailAsync(50);

        Serve(Twice with { Attempts = 5 }, server.Port);
        await FailAsync(50);

        Assert.Equal(100 + 20 + (99 / 5), seen.Count);
    }

    [Fact]
    public async Task What_is_sent_again_without_any_rule_comes_out_of_the_same_budget()
    {
        await using var leaving = LeavingHttp2();
        Serve(Make.Backend(leaving.Port) with { Protocol = BackendProtocol.Http2 }, null, null);

        for (var number = 0; number < 60; number++)
        {
            using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        }

        Assert.Equal(20 + (59 / 5), gateway.Logs.GetSnapshot().Count(line => line.Message.Contains("sent again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_given_up_and_the_next_one_counts()
    {
        await using var server = ScriptedServer.Start(corp.Issue("orders.internal"), async (number, stream, token) =>
        {
            while (await ReadAsync(stream, token))
            {
                if (number == 1)
                {
                    await Task.Delay(Timeout.Infinite, token);
                }

                await ScriptedServer.SayAsync(stream, Good, token);
            }
        });
        Serve(Twice, LoadBalancing.PowerOfTwoChoices, TimeSpan.FromSeconds(1), server.Port);

        Assert.Equal("hello", await gateway.Http1.GetStringAsync("https://shop.test/", Cancellation));
    }

    [Fact]
    public async Task Without_a_retry_an_attempt_that_takes_too_long_is_answered_504()
    {
        await using var server = ScriptedServer.Start(corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            await ReadAsync(stream, token);
            await Task.Delay(Timeout.Infinite, token);
        });
        Serve(null, LoadBalancing.PowerOfTwoChoices, TimeSpan.FromMilliseconds(300), server.Port);

        using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Single(seen);
    }

    [Fact]
    public async Task No_request_is_lost_to_an_nginx_that_ends_its_connections()
    {
        Assert.SkipUnless(Nginx.IsInstalled, "nginx is not installed");
        var site = new PeerSite(FreePorts.Next(), "orders.internal", Make.Chain(corp));
        await using var nginx = await Nginx.StartAsync([site], Cancellation, requestsPerConnection: 100);
        Serve(Make.Backend(site.Port) with { Protocol = BackendProtocol.Http2 }, null, null);
        var lost = 0;

        await Parallel.ForAsync(0, 4_000, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation }, async (_, token) =>
        {
            using var response = await gateway.Http2.GetAsync("https://shop.test/", token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                Interlocked.Increment(ref lost);
            }
        });

        Assert.Equal(0, lost);
    }

    // As it is written; a client library would say the length itself.
    private async Task<string> AskAsync(string request)
    {
        await using var stream = await gateway.ConnectAsync("shop.test", Cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        var answer = new byte[1024];

        return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, Cancellation));
    }

    private async Task FailAsync(int requests)
    {
        for (var number = 0; number < requests; number++)
        {
            using var response = await gateway.Http1.GetAsync("https://shop.test/", Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
    }

    private ScriptedServer Answering(params string[] answers)
    {
        var asked = 0;

        // Nothing to say means that the connection ends; the last answer is repeated.
        return ScriptedServer.Start(corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            while (await ReadAsync(stream, token))
            {
                var answer = answers[Math.Min(Interlocked.Increment(ref asked), answers.Length) - 1];
                if (answer.Length == 0)
                {
                    return;
                }

                await ScriptedServer.SayAsync(stream, answer, token);
                if (answer.EndsWith("10\r\n\r\nhello", StringComparison.Ordinal))
                {
                    return;
                }
            }
        });
    }

    // Takes one request on each connection and ends it without a word.
    private ScriptedServer LeavingHttp2() => ScriptedServer.StartHttp2(corp.Issue("orders.internal"), async (_, stream, token) =>
    {
        await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length], token);
        await stream.WriteAsync(Http2Frames.Settings(), token);
        var frame = await Http2Frames.ReadAsync(stream, token);
        while (frame.Type > Headers || (frame.Flags & Http2Frames.EndStream) == 0)
        {
            frame = await Http2Frames.ReadAsync(stream, token);
        }

        seen.Enqueue("");
    });

    // The body of each request goes into what was seen.
    private async Task<bool> ReadAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return false;
            }

            head.Append((char)one[0]);
        }

        var length = head.ToString().Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var body = new byte[length is null ? 0 : int.Parse(length.AsSpan(15), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancellationToken);
        seen.Enqueue(Encoding.ASCII.GetString(body));

        return true;
    }

    private void Serve(RetryRule? retry, int port) => Serve(Make.Backend(port), retry, null);

    private void Serve(RetryRule? retry, LoadBalancing balancing, params int[] ports) => Serve(retry, balancing, null, ports);

    private void Serve(RetryRule? retry, LoadBalancing balancing, TimeSpan? attempt, params int[] ports) =>
        Serve(Make.Backend(ports[0]) with { Endpoints = [.. ports.Select(port => Make.Endpoint(port))], LoadBalancing = balancing }, retry, attempt);

    private void Serve(BackendConfiguration backend, RetryRule? retry, TimeSpan? attempt)
    {
        var route = Make.Route(backend);
        gateway.Apply(
            Make.Mounts(corp), route with { Rules = [route.Rules[0] with { Retry = retry, BackendRequestTimeout = attempt }] }, Make.Bundle(corp));
    }
}
