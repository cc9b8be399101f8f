using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net.Security;
using Portcullis.Gateway.Tests.Hosting.Front.Floods;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting.Front.Http2;

/// <summary>HTTP/2 as the front speaks it, frame by frame over TLS.</summary>
public sealed class Http2Tests : IAsyncLifetime
{
    private const string Host = "shop.test";
    private static readonly byte[] Mark = "answer!!"u8.ToArray();
    private readonly TestAuthority root = TestAuthority.CreateRoot("root");
    private readonly TestLog log = new();
    private readonly HeldAnswer answer = new();
    private FrontServer server = null!;

    public static TheoryData<string> Rows => [.. Http2Table.All.Select(row => row.ToString())];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await FrontServer.StartAsync(root, Host, answer.AnswerAsync, log, Cancellation);

    public async ValueTask DisposeAsync()
    {
        answer.Release();
        await server.DisposeAsync();
        log.Dispose();
        root.Dispose();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Frames_are_answered_as_the_RFC_says(string row)
    {
        var known = Http2Table.All.Single(candidate => candidate.ToString() == row);
        await using var stream = await ConnectAsync();
        byte[] sent = [.. Http2Frames.Preface, .. known.Sent];

        // What a single request comes to comes when it comes; everything else shows by whether a PING behind it is answered.
        await stream.WriteAsync(char.IsAsciiDigit(known.Outcome[0]) || known.Outcome.StartsWith("stream", StringComparison.Ordinal) ? sent : [.. sent, .. Http2Frames.Of(0x6, 0, 0, Mark)], Cancellation);

        Assert.Equal(known.Outcome, await Http2Outcome.ReadAsync(stream, Mark, Cancellation));
    }

    [Fact]
    public async Task A_connection_error_ends_the_connection()
    {
        await using var stream = await ConnectAsync();
        await stream.WriteAsync((byte[])[.. Http2Frames.Preface, .. Http2Frames.Of(0x6, 0, 1, new byte[8])], Cancellation);

        Assert.Equal("connection: PROTOCOL_ERROR", await Http2Outcome.ReadAsync(stream, Mark, Cancellation));

        await EndsAsync(stream);
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n")]
    public async Task What_is_no_preface_ends_the_connection(string beginning)
    {
        await using var stream = await ConnectAsync();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(beginning), Cancellation);

        await EndsAsync(stream);
    }

    [Fact]
    public async Task The_server_says_what_it_takes()
    {
        await using var stream = await ConnectAsync();
        await stream.WriteAsync(Http2Frames.Preface, Cancellation);

        var (type, _, payload) = await Http2Outcome.FrameAsync(stream, Cancellation);
        var settings = payload.Chunk(6).ToImmutableDictionary(setting => BinaryPrimitives.ReadUInt16BigEndian(setting), setting => BinaryPrimitives.ReadUInt32BigEndian(setting.AsSpan(2)));

        Assert.Equal(0x4, type);
        Assert.Equal(100u, settings[0x3]);
        Assert.Equal(128u * 1024, settings[0x4]);
        Assert.Equal(32u * 1024, settings[0x6]);
    }

    // RFC 9113, 6.9.1 and 6.9.2: what the client has room for, which it may change while an answer is under way.
    [Fact]
    public async Task An_answer_comes_in_pieces_that_the_client_has_room_for()
    {
        await using var stream = await ConnectAsync();
        await stream.WriteAsync((byte[])[.. Http2Frames.Preface, .. Http2Frames.Settings(initialWindow: 1), .. Http2Frames.Headers(1, Http2Frames.EndStream | Http2Frames.EndHeaders, Http2Frames.Get("/"))], Cancellation);
        Assert.Equal(1, await DataAsync(stream));

        await stream.WriteAsync(Http2Frames.WindowUpdate(1, 2), Cancellation);
        Assert.Equal(2, await DataAsync(stream));

        // One more than before for every stream there is.
        await stream.WriteAsync(Http2Frames.Settings(initialWindow: 2), Cancellation);
        Assert.Equal(1, await DataAsync(stream));

        // Two below nothing: of four more, two are left.
        await stream.WriteAsync((byte[])[.. Http2Frames.Settings(initialWindow: 0), .. Http2Frames.WindowUpdate(1, 4)], Cancellation);
        Assert.Equal(2, await DataAsync(stream));
    }

    [Fact]
    public void The_table_is_not_read_in_vain() => Assert.InRange(Http2Table.All.Length, 75, int.MaxValue);

    private static async Task<int> DataAsync(SslStream stream)
    {
        while (true)
        {
            var (type, _, payload) = await Http2Outcome.FrameAsync(stream, Cancellation);
            if (type == 0x0)
            {
                return payload.Length;
            }
        }
    }

    private Task<SslStream> ConnectAsync() => TestClient.ConnectAsync(server.EndPoint, root.Certificate, Host, SslApplicationProtocol.Http2, Cancellation);

    private static async Task EndsAsync(Stream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null, Cancellation);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }
}
