using System.Buffers.Binary;

namespace Portcullis.Gateway.Proxy.Forwarding.WebSockets;

/// <summary>Where frames end in what a backend sends over a WebSocket (RFC 6455, section 5.2), whatever pieces it comes in: only there may a frame of ours stand.</summary>
internal sealed class FrameBoundary
{
    private const int LongestHeader = 14;
    private const byte Close = 0x8;

    private readonly byte[] header = new byte[LongestHeader];
    private int held;
    private ulong payloadLeft;

    /// <summary>Whether all that was passed ends with the end of a frame.</summary>
    public bool IsHere => held == 0 && payloadLeft == 0;

    /// <summary>Whether the backend has said goodbye itself.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Takes note of these bytes, up to the first end of a frame.</summary>
    /// <returns>How many were taken.</returns>
    public int PassOne(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length)
        {
            if (payloadLeft > 0)
            {
                var payload = (int)Math.Min(payloadLeft, (ulong)(bytes.Length - taken));
                payloadLeft -= (ulong)payload;
                taken += payload;
            }
            else
            {
                header[held++] = bytes[taken++];
                Read();
            }

            if (IsHere)
            {
                break;
            }
        }

        return taken;
    }

    public void PassAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[PassOne(bytes)..];
        }
    }

    private void Read()
    {
        if (held < 2)
        {
            return;
        }

        var length = header[1] & 0x7F;
        var lengthBytes = length switch
        {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        var maskBytes = (header[1] & 0x80) != 0 ? 4 : 0;
        if (held < 2 + lengthBytes + maskBytes)
        {
            return;
        }

        IsClosed |= (header[0] & 0x0F) == Close;
        payloadLeft = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)),
            8 => BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(2)),
            _ => (ulong)length,
        };
        held = 0;
    }
}
