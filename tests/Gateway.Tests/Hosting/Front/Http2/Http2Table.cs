using System.Collections.Immutable;
using static Portcullis.Gateway.Tests.Hosting.Front.Floods.Http2Frames;

namespace Portcullis.Gateway.Tests.Hosting.Front.Http2;

/// <summary>Frames as RFC 9113 allows and forbids them, section by section.</summary>
internal static class Http2Table
{
    private const string GoesOn = "goes on";
    private const byte Padded = 0x8;
    private const byte Both = EndStream | EndHeaders;

    private static readonly byte[] Root = Get("/");
    private static readonly byte[] Held = Headers(1, Both, Get("/held"));
    private static readonly byte[] Open = Headers(1, EndHeaders, Get("/held"));
    private static readonly byte[] Post = [0x83, 0x87, .. Literal(1, "shop.test"), 0x84];

    public static ImmutableArray<Http2Case> All { get; } =
    [
        new("4.1", "a frame of an unknown type is ignored", Of(0xBE, 0xFF, 0, new byte[5]), GoesOn),
        new("4.1", "a frame of an unknown type on an idle stream is ignored", Of(0xBE, 0, 7, []), GoesOn),
        new("4.1", "flags without a meaning are ignored", [.. Of(0x6, 0xFE, 0, new byte[8])], GoesOn),
        new("4.2", "DATA larger than a frame may be", [.. Open, .. Of(0x0, 0, 1, new byte[16_385])], "connection: FRAME_SIZE_ERROR"),
        new("4.2", "HEADERS larger than a frame may be", Of(0x1, Both, 1, new byte[16_385]), "connection: FRAME_SIZE_ERROR"),
        new("4.3", "a header block that cannot be decoded", Headers(1, Both, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), "connection: COMPRESSION_ERROR"),
        new("4.3", "HEADERS of another stream within a header block", [.. Headers(1, EndStream, Root), .. Headers(3, Both, Root)], "connection: PROTOCOL_ERROR"),

        new("5.1", "DATA on an idle stream", Of(0x0, 0, 1, new byte[1]), "connection: PROTOCOL_ERROR"),
        new("5.1", "RST_STREAM on an idle stream", Reset(1), "connection: PROTOCOL_ERROR"),
        new("5.1", "WINDOW_UPDATE on an idle stream", WindowUpdate(1, 1), "connection: PROTOCOL_ERROR"),
        new("5.1", "CONTINUATION on an idle stream", Continuation(1, Root), "connection: PROTOCOL_ERROR"),
        new("5.1", "DATA behind the end of the request", [.. Held, .. Of(0x0, 0, 1, new byte[1])], "connection: STREAM_CLOSED"),
        new("5.1", "HEADERS behind the end of the request", [.. Held, .. Headers(1, Both, Root)], "connection: STREAM_CLOSED"),
        new("5.1", "CONTINUATION behind the end of the request", [.. Held, .. Continuation(1, Root)], "connection: PROTOCOL_ERROR"),
        new("5.1", "PRIORITY on an idle stream", Priority(3, 0), GoesOn),
        new("5.1", "WINDOW_UPDATE behind the end of the request", [.. Held, .. WindowUpdate(1, 1)], GoesOn),
        new("5.1", "DATA on a stream that was reset", [.. Open, .. Reset(1), .. Of(0x0, 0, 1, new byte[1])], "connection: STREAM_CLOSED"),
        new("5.1", "HEADERS on a stream that was reset", [.. Open, .. Reset(1), .. Headers(1, Both, Root)], "connection: STREAM_CLOSED"),
        new("5.1.1", "a stream of an even number", Headers(2, Both, Root), "connection: PROTOCOL_ERROR"),
        new("5.1.1", "a stream of a smaller number than before", [.. Headers(5, Both, Get("/held")), .. Headers(3, Both, Root)], "connection: STREAM_CLOSED"),
        new("5.1.2", "a stream too many", [.. Enumerable.Range(0, 101).SelectMany(number => Headers((number * 2) + 1, Both, Get("/held")))], "stream: REFUSED_STREAM"),
        new("5.3.1", "a stream that depends on itself", Priority(1, 1), "connection: PROTOCOL_ERROR"),
        new("5.5", "a frame of an unknown type within a header block", [.. Headers(1, EndStream, Root), .. Of(0xBE, 0, 0, [])], "connection: PROTOCOL_ERROR"),

        new("6.1", "DATA on stream 0", Of(0x0, 0, 0, new byte[1]), "connection: PROTOCOL_ERROR"),
        new("6.1", "DATA with more padding than payload", [.. Open, .. Of(0x0, Padded, 1, [6, 1, 2, 3, 4, 5])], "connection: PROTOCOL_ERROR"),
        new("6.2", "HEADERS on stream 0", Headers(0, Both, Root), "connection: PROTOCOL_ERROR"),
        new("6.2", "HEADERS with more padding than payload", Of(0x1, Both | Padded, 1, [200, .. Root]), "connection: PROTOCOL_ERROR"),
        new("6.2", "HEADERS with padding", Of(0x1, Both | Padded, 1, [3, .. Root, 0, 0, 0]), "200"),
        new("6.2", "a PING within a header block", [.. Headers(1, EndStream, Root), .. Ping()], "connection: PROTOCOL_ERROR"),
        new("6.3", "PRIORITY on stream 0", Priority(0, 1), "connection: PROTOCOL_ERROR"),
        new("6.3", "PRIORITY of four bytes", Of(0x2, 0, 1, new byte[4]), "connection: FRAME_SIZE_ERROR"),
        new("6.4", "RST_STREAM on stream 0", Reset(0), "connection: PROTOCOL_ERROR"),
        new("6.4", "RST_STREAM of three bytes", [.. Open, .. Of(0x3, 0, 1, new byte[3])], "connection: FRAME_SIZE_ERROR"),
        new("6.5", "an acknowledgement of settings with a payload", Of(0x4, 0x1, 0, new byte[6]), "connection: FRAME_SIZE_ERROR"),
        new("6.5", "SETTINGS on a stream", Of(0x4, 0, 1, []), "connection: PROTOCOL_ERROR"),
        new("6.5", "SETTINGS of five bytes", Of(0x4, 0, 0, new byte[5]), "connection: FRAME_SIZE_ERROR"),
        new("6.5.2", "ENABLE_PUSH of 2", Setting(0x2, 2), "connection: PROTOCOL_ERROR"),
        new("6.5.2", "INITIAL_WINDOW_SIZE above the largest", Setting(0x4, 0x80000000), "connection: FLOW_CONTROL_ERROR"),
        new("6.5.2", "MAX_FRAME_SIZE below the smallest", Setting(0x5, 16_383), "connection: PROTOCOL_ERROR"),
        new("6.5.2", "MAX_FRAME_SIZE above the largest", Setting(0x5, 0x1000000), "connection: PROTOCOL_ERROR"),
        new("6.5.2", "a setting that nobody knows", Setting(0xFE, 1), GoesOn),
        new("6.5.3", "settings one after the other", [.. Setting(0x4, 100_000), .. Setting(0x4, 1)], GoesOn),
        new("6.6", "PUSH_PROMISE of a client", Of(0x5, EndHeaders, 1, [0, 0, 0, 2, .. Root]), "connection: PROTOCOL_ERROR"),
        new("6.7", "a PING on a stream", Of(0x6, 0, 1, new byte[8]), "connection: PROTOCOL_ERROR"),
        new("6.7", "a PING of seven bytes", Of(0x6, 0, 0, new byte[7]), "connection: FRAME_SIZE_ERROR"),
        new("6.7", "an answer to a PING that was not asked for", Of(0x6, 0x1, 0, new byte[8]), GoesOn),
        new("6.8", "GOAWAY on a stream", Of(0x7, 0, 1, new byte[8]), "connection: PROTOCOL_ERROR"),
        new("6.8", "GOAWAY of a client, whose request under way goes on", [.. Headers(1, EndHeaders, Post), .. Of(0x7, 0, 0, new byte[8]), .. Of(0x0, EndStream, 1, new byte[3])], "200"),
        new("6.9", "WINDOW_UPDATE of 0 for the connection", WindowUpdate(0, 0), "connection: PROTOCOL_ERROR"),
        new("6.9", "WINDOW_UPDATE of 0 for a stream", [.. Open, .. WindowUpdate(1, 0)], "connection: PROTOCOL_ERROR"),
        new("6.9", "WINDOW_UPDATE of three bytes", Of(0x8, 0, 0, new byte[3]), "connection: FRAME_SIZE_ERROR"),
        new("6.9.1", "a window of the connection above the largest", [.. WindowUpdate(0, int.MaxValue), .. WindowUpdate(0, int.MaxValue)], "connection: FLOW_CONTROL_ERROR"),
        new("6.9.1", "a window of a stream above the largest", [.. Open, .. WindowUpdate(1, int.MaxValue)], "stream: FLOW_CONTROL_ERROR"),
        new("6.10", "CONTINUATION behind the end of the headers", [.. Held, .. Continuation(1, [])], "connection: PROTOCOL_ERROR"),
        new("6.10", "CONTINUATION on stream 0", Continuation(0, []), "connection: PROTOCOL_ERROR"),
        new("6.10", "headers in three pieces", [.. Headers(1, EndStream, Root.AsSpan(0, 3)), .. Continuation(1, Root.AsSpan(3, 4)), .. Of(0x9, EndHeaders, 1, Root.AsSpan(7))], "200"),

        new("7", "RST_STREAM with a code that nobody knows", [.. Open, .. Of(0x3, 0, 1, Number(0xFE))], GoesOn),

        new("8.1", "trailers that do not end the request", [.. Open, .. Headers(1, EndHeaders, Header("x-trailer", "1"))], "connection: PROTOCOL_ERROR"),
        new("8.1", "a body and trailers", [.. Headers(1, EndHeaders, Post), .. Of(0x0, 0, 1, new byte[3]), .. Headers(1, Both, Header("x-trailer", "1"))], "200"),
        new("8.1.1", "a body longer than its content-length", [.. Headers(1, EndHeaders, [.. Post, .. Header("content-length", "1")]), .. Of(0x0, EndStream, 1, new byte[2])], "stream: PROTOCOL_ERROR"),
        new("8.1.1", "a body shorter than its content-length", [.. Headers(1, EndHeaders, [.. Post, .. Header("content-length", "3")]), .. Of(0x0, EndStream, 1, new byte[2])], "stream: PROTOCOL_ERROR"),
        new("8.2.1", "a name with a capital", Headers(1, Both, [.. Root, .. Header("X-Capital", "1")]), "connection: PROTOCOL_ERROR"),
        new("8.2.1", "a line end in a value", Headers(1, Both, [.. Root, .. Header("x-a", "1\r\nx-b: 2")]), "connection: PROTOCOL_ERROR"),
        new("8.2.1", "a line feed in a value", Headers(1, Both, [.. Root, .. Header("x-a", "1\n2")]), "connection: PROTOCOL_ERROR"),
        new("8.2.1", "NUL in a value", Headers(1, Both, [.. Root, .. Header("x-a", "1\0")]), "connection: PROTOCOL_ERROR"),
        new("8.2.2", "a connection header", Headers(1, Both, [.. Root, .. Header("connection", "keep-alive")]), "connection: PROTOCOL_ERROR"),
        new("8.2.2", "te that is not trailers", Headers(1, Both, [.. Root, .. Header("te", "gzip")]), "connection: PROTOCOL_ERROR"),
        new("8.2.2", "te: trailers", Headers(1, Both, [.. Root, .. Header("te", "trailers")]), "200"),
        new("8.3", "a pseudo-header that nobody knows", Headers(1, Both, [.. Root, .. Header(":test", "1")]), "connection: PROTOCOL_ERROR"),
        new("8.3", "a pseudo-header of responses", Headers(1, Both, [.. Root, 0x88]), "connection: PROTOCOL_ERROR"),
        new("8.3", "a pseudo-header behind another header", Headers(1, Both, [0x82, 0x87, .. Header("x-first", "1"), .. Literal(4, "/")]), "connection: PROTOCOL_ERROR"),
        new("8.3", "a pseudo-header among trailers", [.. Open, .. Headers(1, Both, [0x82])], "connection: PROTOCOL_ERROR"),
        new("8.3.1", "no :method", Headers(1, Both, [0x87, .. Literal(1, "shop.test"), .. Literal(4, "/")]), "stream: PROTOCOL_ERROR"),
        new("8.3.1", "no :scheme", Headers(1, Both, [0x82, .. Literal(1, "shop.test"), .. Literal(4, "/")]), "stream: PROTOCOL_ERROR"),
        new("8.3.1", "no :path", Headers(1, Both, [0x82, 0x87, .. Literal(1, "shop.test")]), "stream: PROTOCOL_ERROR"),
        new("8.3.1", "an empty :path", Headers(1, Both, Get("")), "stream: PROTOCOL_ERROR"),
        new("8.3.1", ":method twice", Headers(1, Both, [0x82, .. Root]), "connection: PROTOCOL_ERROR"),
        new("8.3.1", ":scheme twice", Headers(1, Both, [0x87, .. Root]), "connection: PROTOCOL_ERROR"),
        new("8.3.1", ":path twice", Headers(1, Both, [.. Root, 0x84]), "connection: PROTOCOL_ERROR"),

        new("8.3.1", "a :path without a slash", Headers(1, Both, Get("a")), "stream: PROTOCOL_ERROR"),
        new("8.3.1", "a :path with a line end", Headers(1, Both, Get("/a\r\nx-b: 2")), "connection: PROTOCOL_ERROR"),
        new("8.3.1", "a :path of * in a GET", Headers(1, Both, Get("*")), "stream: PROTOCOL_ERROR"),
        new("8.3.1", "the :scheme of another port", Headers(1, Both, [0x82, 0x86, .. Literal(1, "shop.test"), 0x84]), "stream: PROTOCOL_ERROR"),
        new("8.3.1", "a :method with more of a request line", Headers(1, Both, [.. Literal(2, "GET /b HTTP/1.1"), 0x87, .. Literal(1, "shop.test"), 0x84]), "stream: PROTOCOL_ERROR"),
        new("8.3.1", "an :authority with a user", Headers(1, Both, [0x82, 0x87, .. Literal(1, "u@shop.test"), 0x84]), "stream: PROTOCOL_ERROR"),
        new("8.3.1", "an :authority twice", Headers(1, Both, [.. Root, .. Literal(1, "shop.test")]), "connection: PROTOCOL_ERROR"),
        new("8.5", "CONNECT with a :path", Headers(1, Both, [.. Literal(2, "CONNECT"), 0x87, .. Literal(1, "shop.test"), 0x84]), "stream: PROTOCOL_ERROR"),

        new("7541 2.3.3", "an index that is in no table", Headers(1, Both, [.. Root, 0xFE]), "connection: COMPRESSION_ERROR"),
        new("7541 4.2", "a table size update behind a header", Headers(1, Both, [.. Root, 0x20]), "connection: COMPRESSION_ERROR"),
        new("7541 5.2", "a string with more padding than there may be", Headers(1, Both, [.. Root, 0x00, 0x81, 0xFF, 0x00]), "connection: COMPRESSION_ERROR"),

        // The RFC calls it a compression error; the server ends the connection all the same.
        new("7541 6.1", "index 0", Headers(1, Both, [.. Root, 0x80]), "connection: INTERNAL_ERROR"),
        new("7541 6.3", "a table size above the limit", Headers(1, Both, [0x3F, 0xFF, 0xFF, 0x03, .. Root]), "connection: COMPRESSION_ERROR"),
    ];

    private static byte[] WindowUpdate(int stream, int increment) => Of(0x8, 0, stream, Number((uint)increment));

    private static byte[] Priority(int stream, uint dependency) => Of(0x2, 0, stream, [.. Number(dependency), 16]);

    private static byte[] Setting(byte identifier, uint value) => Of(0x4, 0, 0, [0, identifier, .. Number(value)]);

    private static byte[] Number(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
