using System.Buffers.Binary;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>Finds the frames in the bytes of one direction (RFC 9113, section 4.1), whatever pieces they come in.</summary>
/// <param name="preface">How many bytes come before the first frame.</param>
internal sealed class FrameHeaders(int preface)
{
    /// <summary>Of a client; a server begins with a frame.</summary>
    public const int ClientPreface = 24;

    private const int HeaderLength = 9;

    private readonly byte[] header = new byte[HeaderLength];
    private int held;
    private long toSkip = preface;

    /// <summary>The type of the frame that is being read, or was read last.</summary>
    public byte Type => header[3];

    public byte Flags => header[4];

    public int Length { get; private set; }

    /// <summary>
    /// Goes on to the end of the next header, or of all bytes. True at a header's end; <paramref name="bytes"/> then begins with the payload.
    /// </summary>
    public bool ReadNext(ref ReadOnlySpan<byte> bytes)
    {
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
                toSkip = Length = BinaryPrimitives.ReadInt32BigEndian(header) >>> 8;
                return true;
            }
        }

        return false;
    }
}
