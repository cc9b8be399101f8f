using System.Buffers.Binary;
using System.Text;

namespace Portcullis.Gateway.Tests.Hosting.Front.Http2;

/// <summary>Reads what a server answers to frames: the first thing that decides.</summary>
internal static class Http2Outcome
{
    private static readonly string[] Codes =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL",
        "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    public static async Task<string> ReadAsync(Stream stream, byte[] ping, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (type, flags, payload) = await FrameAsync(stream, cancellationToken);
            var outcome = type switch
            {
                0x1 => StatusIn(payload),
                0x3 => $"stream: {Codes[BinaryPrimitives.ReadInt32BigEndian(payload)]}",
                0x6 when (flags & 1) != 0 && payload.SequenceEqual(ping) => "goes on",
                0x7 => $"connection: {Codes[BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4))]}",
                _ => null,
            };
            if (outcome is not null)
            {
                return outcome;
            }
        }
    }

    public static async Task<(byte Type, byte Flags, byte[] Payload)> FrameAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[9];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
        await stream.ReadExactlyAsync(payload, cancellationToken);

        return (header[3], header[4], payload);
    }

    // Those that have an index of their own or are written out; behind updates of the table's size, which may come first.
    private static string StatusIn(byte[] block)
    {
        var at = 0;
        while ((block[at] & 0xE0) == 0x20)
        {
            at += (block[at++] & 0x1F) == 0x1F ? block.Skip(at).TakeWhile(more => (more & 0x80) != 0).Count() + 1 : 0;
        }

        return block[at] switch
        {
            0x88 => "200",
            0x8C => "400",
            0x8D => "404",
            0x08 or 0x48 when block[at + 1] == 3 => Encoding.ASCII.GetString(block, at + 2, 3),
            var other => $"a block that begins with 0x{other:X2}",
        };
    }
}
