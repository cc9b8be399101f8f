using System.Buffers.Binary;
using System.Text;

namespace Portcullis.Gateway.Tests.Hosting.Front.Floods;

/// <summary>Frames of HTTP/2 as bytes (RFC 9113), also those that no client library would send.</summary>
internal static class Http2Frames
{
    public const byte EndStream = 0x1;
    public const byte EndHeaders = 0x4;

    public static byte[] Preface { get; } = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Settings()];

    public static byte[] Settings() => Of(type: 0x4, flags: 0, stream: 0, []);

    /// <summary>With SETTINGS_INITIAL_WINDOW_SIZE.</summary>
    public static byte[] Settings(int initialWindow) =>
        Of(type: 0x4, flags: 0, stream: 0, [0, 4, (byte)(initialWindow >> 24), (byte)(initialWindow >> 16), (byte)(initialWindow >> 8), (byte)initialWindow]);

    public static byte[] Ping() => Of(type: 0x6, flags: 0, stream: 0, new byte[8]);

    /// <summary>With CANCEL unless told otherwise.</summary>
    public static byte[] Reset(int stream, byte error = 0x8) => Of(type: 0x3, flags: 0, stream, [0, 0, 0, error]);

    /// <summary>With NO_ERROR; streams after the last one were not begun with.</summary>
    public static byte[] GoAway(int lastStream) =>
        Of(type: 0x7, flags: 0, stream: 0, [(byte)(lastStream >> 24), (byte)(lastStream >> 16), (byte)(lastStream >> 8), (byte)lastStream, 0, 0, 0, 0]);

    /// <summary>Of one stream, or of the connection when it is 0.</summary>
    public static byte[] WindowUpdate(int stream, int by) => Of(type: 0x8, flags: 0, stream, [(byte)(by >> 24), (byte)(by >> 16), (byte)(by >> 8), (byte)by]);

    public static byte[] Headers(int stream, byte flags, ReadOnlySpan<byte> block) => Of(type: 0x1, flags, stream, block);

    public static byte[] Continuation(int stream, ReadOnlySpan<byte> block) => Of(type: 0x9, flags: 0, stream, block);

    /// <summary>GET of https://shop.test and this path, nothing in it indexed.</summary>
    public static byte[] Get(string path) => [0x82, 0x87, .. Literal(index: 1, "shop.test"), .. Literal(index: 4, path)];

    /// <summary>A header with a new name, not indexed. Both are shorter than 127.</summary>
    public static byte[] Header(string name, string value) => [0x00, .. Text(name), .. Text(value)];

    public static byte[] Literal(byte index, string value) => [index, .. Text(value)];

    /// <summary>The next one.</summary>
    public static async Task<(byte Type, byte Flags, int Stream, byte[] Payload)> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[9];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        return (header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
    }

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Of(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));

        return frame;
    }
}
