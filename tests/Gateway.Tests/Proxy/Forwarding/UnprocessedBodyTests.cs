using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Tests.Hosting.Front.Floods;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.Gateway.Tests.Proxy.Misbehaving;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Events;
using Portcullis.TestKit.Peers;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.Gateway.Tests.Proxy.Forwarding;

/// <summary>Backends that end an HTTP/2 connection and say of a request with a body that they have not begun with it.</summary>
public sealed class UnprocessedBodyTests : IAsyncLifetime
{
    private const byte Data = 0x0;
    private const byte Reset = 0x3;
    private const byte NoError = 0x0;
    private const byte Status200 = 0x88;

    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private readonly ConcurrentQueue<string> whole = new();
    private readonly Journal<(int Connection, int Bytes)> received = new();
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateway = await GatewayFront.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        corp.Dispose();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task A_body_that_was_sent_whole_is_sent_again(string method)
    {
        await using var server = LeavingAfter(5);
        Serve(Make.Endpoint(server.Port));
        using var request = Request(new StringContent("order"));
        request.Method = new HttpMethod(method);

        using var response = await gateway.Http2.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["order"], whole);
    }

    [Fact]
    public async Task A_body_that_is_still_on_its_way_goes_on_where_the_connection_went()
    {
        await using var server = LeavingAfter(3);
        Serve(Make.Endpoint(server.Port));
        using var request = Request(new SpokenContent(async (say, token) =>
        {
            await say("one");
            await received.WaitAsync(received => received.Any(data => data is { Connection: 2, Bytes: 3 }), token);
            await say(" two");
        }));

        using var response = await gateway.Http2.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["one two"], whole);
    }

    [Fact]
    public async Task Of_a_body_beyond_what_is_kept_nothing_is_sent_again()
    {
        await using var server = LeavingAfter(BodyOutlet.LongestKept + 1);
        Serve(Make.Endpoint(server.Port));
        using var request = Request(new ByteArrayContent(new byte[BodyOutlet.LongestKept + 1]));

        using var response = await gateway.Http2.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Empty(whole);
    }

    [Fact]
    public async Task A_client_that_is_still_sending_is_not_blamed_for_a_backend_that_breaks_off()
    {
        var answered = new TaskCompletionSource();
        await using var server = LeavingAfter(BodyOutlet.LongestKept + 1);
        Serve(Make.Endpoint(server.Port));
        using var request = Request(new SpokenContent(async (say, token) =>
        {
            await say(new string('o', 3 * BodyOutlet.LongestKept));
            await answered.Task.WaitAsync(token);
        }));
        request.Content!.Headers.ContentType = null;

        using var response = await gateway.Http2.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        answered.SetResult();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("connection_terminated", response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_was_taken_does_not_go_to_another_endpoint_in_part()
    {
        await using var other = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        var closed = new TaskCompletionSource();
        await using var server = LeavingAfter(5, whenLeaving: () => closed.Task);
        Serve(Make.Endpoint(server.Port), Make.Endpoint(other.Port));
        var answers = new[] { gateway.Http2.SendAsync(Request(new StringContent("order")), Cancellation), gateway.Http2.SendAsync(Request(new StringContent("order")), Cancellation) };

        await received.WaitAsync(received => received.Any(data => data is { Connection: 1, Bytes: 5 }), Cancellation);
        server.StopListening();
        closed.SetResult();
        var statuses = (await Task.WhenAll(answers)).Select(answer => answer.StatusCode).Order();

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.BadGateway], statuses);
        Assert.Single(other.Requests.Entries);
    }

    [Fact]
    public async Task An_answer_that_does_not_wait_for_the_body_ends_the_request()
    {
        var left = new TaskCompletionSource();
        await using var server = ScriptedServer.StartHttp2(corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            await BeginAsync(stream, token);
            var frame = await Http2Frames.ReadAsync(stream, token);
            while (frame.Type != Data)
            {
                frame = await Http2Frames.ReadAsync(stream, token);
            }

            await stream.WriteAsync(Http2Frames.Headers(frame.Stream, Http2Frames.EndStream | Http2Frames.EndHeaders, [Status200]), token);
            await stream.WriteAsync(Http2Frames.Reset(frame.Stream, NoError), token);
            await ReadToEndAsync(stream, token);
        });
        Serve(Make.Endpoint(server.Port));
        using var request = Request(new SpokenContent(async (say, token) =>
        {
            await say("one");
            await left.Task.WaitAsync(token);
        }));

        using var response = await gateway.Http2.SendAsync(request, Cancellation);
        left.SetResult();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_ends_the_request_at_the_backend()
    {
        var reset = new TaskCompletionSource();
        await using var server = ScriptedServer.StartHttp2(corp.Issue("orders.internal"), async (_, stream, token) =>
        {
            await BeginAsync(stream, token);
            while (!reset.Task.IsCompleted)
            {
                var frame = await Http2Frames.ReadAsync(stream, token);
                received.Add((1, frame.Type == Data ? frame.Payload.Length : 0));
                if (frame.Type == Reset)
                {
                    reset.SetResult();
                }
            }
        });
        Serve(Make.Endpoint(server.Port));
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var request = Request(new SpokenContent(async (say, token) =>
        {
            await say("one");
            await Task.Delay(Timeout.Infinite, leaves.Token);
        }));
        var answered = gateway.Http2.SendAsync(request, leaves.Token);
        await received.WaitAsync(received => received.Any(data => data.Bytes == 3), Cancellation);

        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answered);
        await reset.Task.WaitAsync(Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_body_is_lost_to_an_nginx_that_ends_its_connections(bool saysItsLength)
    {
        Assert.SkipUnless(Nginx.IsInstalled, "nginx is not installed");
        await using var application = await EchoAsync(FreePorts.Next());
        var site = new PeerSite(FreePorts.Next(), "orders.internal", Make.Chain(corp)) { Application = new Uri(application.Urls.Single()).Port };
        await using var nginx = await Nginx.StartAsync([site], Cancellation, requestsPerConnection: 100);
        Serve(Make.Endpoint(site.Port));
        var wrong = new ConcurrentBag<string>();

        await Parallel.ForAsync(0, 4_000, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation }, async (number, token) =>
        {
            using var request = Request(saysItsLength ? new StringContent($"order {number}") : new SpokenContent((say, _) => say($"order {number}")));
            using var response = await gateway.Http2.SendAsync(request, token);
            var answer = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(token)}";
            if (answer != $"200 order {number}")
            {
                wrong.Add(answer);
            }
        });

        Assert.Empty(wrong);
    }

    private static HttpRequestMessage Request(HttpContent content) =>
        new(HttpMethod.Post, "https://shop.test/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };

    private static async Task<WebApplication> EchoAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var application = builder.Build();
        application.Run(context => context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted));
        await application.StartAsync(Cancellation);

        return application;
    }

    private void Serve(params BackendEndpoint[] endpoints) => gateway.Apply(
        Make.Mounts(corp), Make.Bundle(corp), Make.Route(Make.Backend(1) with { Endpoints = [.. endpoints], Protocol = BackendProtocol.Http2, LoadBalancing = LoadBalancing.RoundRobin }));

    // Goes away on its first connection when so much of a body has come, having begun with nothing; answers on all others when a body has come to its end.
    private ScriptedServer LeavingAfter(int bytes, Func<Task>? whenLeaving = null) => ScriptedServer.StartHttp2(corp.Issue("orders.internal"), async (number, stream, token) =>
    {
        await BeginAsync(stream, token);
        var body = new StringBuilder();
        while (true)
        {
            var frame = await Http2Frames.ReadAsync(stream, token);
            if (frame.Type != Data)
            {
                continue;
            }

            body.Append(Encoding.ASCII.GetString(frame.Payload));
            received.Add((number, body.Length));
            if (number == 1 && body.Length >= bytes)
            {
                await (whenLeaving?.Invoke() ?? Task.CompletedTask);
                await stream.WriteAsync(Http2Frames.GoAway(lastStream: 0), token);
                await ReadToEndAsync(stream, token);
                return;
            }

            if ((frame.Flags & Http2Frames.EndStream) != 0)
            {
                whole.Enqueue(body.ToString());
                await stream.WriteAsync(Http2Frames.Headers(frame.Stream, Http2Frames.EndStream | Http2Frames.EndHeaders, [Status200]), token);
            }
        }
    });

    private static async Task BeginAsync(SslStream stream, CancellationToken cancellationToken)
    {
        await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length], cancellationToken);
        await stream.WriteAsync(Http2Frames.Settings(), cancellationToken);
    }

    private static async Task ReadToEndAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var rest = new byte[1024];
        while (await stream.ReadAsync(rest, cancellationToken) > 0)
        {
        }
    }

    // Each word leaves at once, and the forwarder hands it on at once as a message of gRPC.
    private sealed class SpokenContent : HttpContent
    {
        private readonly Func<Func<string, Task>, CancellationToken, Task> speak;

        public SpokenContent(Func<Func<string, Task>, CancellationToken, Task> speak)
        {
            this.speak = speak;
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => speak(
            async word =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(word), Cancellation);
                await stream.FlushAsync(Cancellation);
            },
            Cancellation);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
