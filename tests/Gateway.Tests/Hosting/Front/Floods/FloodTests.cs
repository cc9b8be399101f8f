using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front.Floods;

/// <summary>Clients that waste the front's time or memory: they are cut off, or cost nothing, and others are served meanwhile.</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private const int LargeBytes = 256 * 1024 * 1024;
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestLog log = new();
    private readonly HeldAnswer answer = new();
    private FrontServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await FrontServer.StartAsync(root, Host, AnswerAsync, log, Cancellation);

    public async ValueTask DisposeAsync()
    {
        answer.Release();
        await server.DisposeAsync();
        log.Dispose();
        root.Dispose();
    }

    [Fact]
    public async Task Streams_that_are_opened_and_reset_end_the_connection()
    {
        await EndsAsync(FloodAsync(number =>
        {
            var stream = (number * 2) + 1;
            return [.. Http2Frames.Headers(stream, Http2Frames.EndStream | Http2Frames.EndHeaders, Http2Frames.Get("/held")), .. Http2Frames.Reset(stream)];
        }));
    }

    [Fact]
    public async Task Headers_without_an_end_end_the_connection()
    {
        var more = Enumerable.Repeat(Http2Frames.Header("x-more", new string('m', 100)), 100).SelectMany(header => header).ToArray();

        await EndsAsync(FloodAsync(number => number == 0
            ? Http2Frames.Headers(1, Http2Frames.EndStream, Http2Frames.Get("/"))
            : Http2Frames.Continuation(1, more)));
    }

    [Fact]
    public async Task Empty_continuations_without_an_end_end_the_connection() =>
        await EndsAsync(FloodAsync(number => number == 0 ? Http2Frames.Headers(1, Http2Frames.EndStream, Http2Frames.Get("/")) : Http2Frames.Continuation(1, [])));

    [Fact]
    public async Task Pings_without_number_end_the_connection() => await EndsAsync(FloodAsync(_ => Http2Frames.Ping()));

    [Fact]
    public async Task Settings_without_number_end_the_connection() => await EndsAsync(FloodAsync(_ => Http2Frames.Settings()));

    [Fact]
    public async Task Frames_of_unknown_types_without_number_end_the_connection() => await EndsAsync(FloodAsync(_ => Http2Frames.Of(0xBE, 0, 0, [])));

    [Fact]
    public async Task Windows_that_are_opened_without_number_end_the_connection() => await EndsAsync(FloodAsync(_ => Http2Frames.WindowUpdate(0, 1)));

    [Theory]
    [InlineData("pings")]
    [InlineData("settings")]
    [InlineData("windows")]
    [InlineData("unknown")]
    public async Task Who_floods_is_told_to_calm_down_between_two_frames(string kind)
    {
        var flood = kind switch
        {
            "pings" => Http2Frames.Ping(),
            "settings" => Http2Frames.Settings(),
            "windows" => Http2Frames.WindowUpdate(0, 1),
            _ => Http2Frames.Of(0xBE, 0, 0, []),
        };
        await using var stream = await TestClient.ConnectAsync(server.EndPoint, root.Certificate, Host, SslApplicationProtocol.Http2, Cancellation);

        // While an answer is on its way.
        await stream.WriteAsync((byte[])[.. Http2Frames.Preface, .. Http2Frames.Headers(1, Http2Frames.EndStream | Http2Frames.EndHeaders, Http2Frames.Get("/large"))], Cancellation);
        await stream.WriteAsync(Enumerable.Repeat(flood, 2_000).SelectMany(frame => frame).ToArray(), Cancellation);

        var frame = await Http2Frames.ReadAsync(stream, Cancellation);
        while (frame.Type != 0x7)
        {
            frame = await Http2Frames.ReadAsync(stream, Cancellation);
        }

        Assert.Equal(0, frame.Stream);
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 0xB], frame.Payload);
        await ServedAsync();
    }

    [Fact]
    public async Task Who_floods_and_does_not_listen_is_cut_off()
    {
        // Nothing is read, and the answer is larger than all buffers on the way: there is no place for a farewell.
        await using var stream = await TestClient.ConnectAsync(server.EndPoint, root.Certificate, Host, SslApplicationProtocol.Http2, Cancellation);
        await stream.WriteAsync(
            (byte[])[.. Http2Frames.Preface, .. Http2Frames.WindowUpdate(0, 1 << 30), .. Http2Frames.Settings(initialWindow: 1 << 30),
                .. Http2Frames.Headers(1, Http2Frames.EndStream | Http2Frames.EndHeaders, Http2Frames.Get("/large"))],
            Cancellation);

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await stream.WriteAsync(Http2Frames.Of(0xBE, 0, 0, []), Cancellation);
            }
        });

        await ServedAsync();
    }

    [Fact]
    public async Task As_many_pings_as_a_busy_client_sends_are_answered()
    {
        await ServedDuringAsync(number => Http2Frames.Ping());
    }

    [Fact]
    public async Task Handshakes_that_stall_leave_the_others_served_and_are_ended()
    {
        var stalled = new List<Socket>();
        for (var number = 0; number < 200; number++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.EndPoint, Cancellation);
            await socket.SendAsync((byte[])[0x16, 0x03, 0x01], Cancellation);
            stalled.Add(socket);
        }

        await ServedAsync();

        foreach (var socket in stalled)
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await ToTheEndAsync(stream);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: shop.test\r\nX-Slow: ")]
    [InlineData("POST /read HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 10000\r\n\r\nslow")]
    public async Task Requests_that_never_end_leave_the_others_served_and_are_ended(string beginning)
    {
        var slow = new List<SslStream>();
        for (var number = 0; number < 20; number++)
        {
            var stream = await TestClient.ConnectAsync(server.EndPoint, root.Certificate, Host, Cancellation);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), Cancellation);
            slow.Add(stream);
        }

        await ServedAsync();

        foreach (var stream in slow)
        {
            await ToTheEndAsync(stream);
            await stream.DisposeAsync();
        }
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path == "/large" ? LargeAsync(context) : answer.AnswerAsync(context);

    private static async Task LargeAsync(HttpContext context)
    {
        var piece = new byte[64 * 1024];
        for (var sent = 0; sent < LargeBytes; sent += piece.Length)
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        }
    }

    /// <summary>Sends until the server has had enough.</summary>
    private async Task FloodAsync(Func<int, byte[]> frame)
    {
        await using var stream = await TestClient.ConnectAsync(server.EndPoint, root.Certificate, Host, SslApplicationProtocol.Http2, Cancellation);
        await stream.WriteAsync(Http2Frames.Preface, Cancellation);
        var end = ToTheEndAsync(stream);
        try
        {
            for (var number = 0; !end.IsCompleted; number++)
            {
                await stream.WriteAsync(frame(number), Cancellation);
            }
        }
        catch (IOException)
        {
            // The server closed the connection while this was being sent.
        }

        await end;
    }

    private async Task EndsAsync(Task flood)
    {
        await flood;
        await ServedAsync();
    }

    /// <summary>Five hundred frames, at the end of which the connection is still open.</summary>
    private async Task ServedDuringAsync(Func<int, byte[]> frame)
    {
        await using var stream = await TestClient.ConnectAsync(server.EndPoint, root.Certificate, Host, SslApplicationProtocol.Http2, Cancellation);
        await stream.WriteAsync(Http2Frames.Preface, Cancellation);
        var end = ToTheEndAsync(stream);
        for (var batch = 0; batch < 5; batch++)
        {
            await stream.WriteAsync(Enumerable.Range(batch * 100, 100).SelectMany(frame).ToArray(), Cancellation);
            await ServedAsync();
        }

        Assert.False(end.IsCompleted);
        await stream.ShutdownAsync();
        await end;
    }

    private async Task ServedAsync()
    {
        using var client = TestClient.To(server.EndPoint, root.Certificate, HttpVersion.Version20);

        Assert.Equal("answer", await client.GetStringAsync(new Uri($"https://{Host}/"), Cancellation));
    }

    private static async Task ToTheEndAsync(Stream stream)
    {
        try
        {
            // What the server says to such a client is mostly of no interest.
            await stream.CopyToAsync(Stream.Null, Cancellation);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }
}
