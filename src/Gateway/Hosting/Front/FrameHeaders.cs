using System.Buffers.Binary;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>Finds the frames in the bytes that a client sends (RFC 9113, section 4.1), whatever pieces they come in, and tells those that carry nothing of a request.</summary>
internal sealed class FrameHeaders
{
    private const int HeaderLength = 9;
    private const int PrefaceLength = 24;

    private readonly byte[] header = new byte[HeaderLength];
    private int held;
    private long toSkip = PrefaceLength;

    /// <summary>How many such frames begin in these bytes, which follow those of the last call.</summary>
    public int CountUseless(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        while (!bytes.IsEmpty)
        {
            if (toSkip > 0)
            {
                var skipped = (int)Math.Min(toSkip, bytes.Length);
                toSkip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            var taken = Math.Min(HeaderLength - held, bytes.Length);
            bytes[..taken].CopyTo(header.AsSpan(held));
            held += taken;
            bytes = bytes[taken..];

            if (held == HeaderLength)
            {
                held = 0;
                toSkip = BinaryPrimitives.ReadInt32BigEndian(header) >>> 8;
                count += IsUseless(header[3], header[4], toSkip) ? 1 : 0;
            }
        }

        return count;
    }

    // Downloads need window updates in number, and they are cheap; resets are bounded with the streams that they reset. Everything else, unknown types
    // included, is needed a few times in a connection's life, or not at all.
    private static bool IsUseless(byte type, byte flags, long length) => type switch
    {
        Data => length == 0 && (flags & EndStream) == 0,
        Headers or ResetStream or WindowUpdate => false,
        Ping => (flags & Acknowledgement) == 0,
        _ => true,
    };

    private const byte Data = 0x0;
    private const byte Headers = 0x1;
    private const byte ResetStream = 0x3;
    private const byte Ping = 0x6;
    private const byte WindowUpdate = 0x8;
    private const byte EndStream = 0x1;
    private const byte Acknowledgement = 0x1;
}
