namespace Portcullis.TestKit.Backends;

/// <summary>Reads bytes off the wire as TLS records (RFC 8446, 5.1).</summary>
public static class TlsRecords
{
    private const int HeaderLength = 5;
    private const byte ChangeCipherSpec = 20;
    private const byte Alert = 21;
    private const byte Handshake = 22;

    /// <summary>How many bytes are neither handshake nor alert: what a client said to a server that never finished a handshake with it.</summary>
    public static int BytesBeyondHandshake(ReadOnlySpan<byte> received)
    {
        while (received.Length >= HeaderLength && received[0] is ChangeCipherSpec or Alert or Handshake)
        {
            var length = HeaderLength + ((received[3] << 8) | received[4]);
            received = received[Math.Min(length, received.Length)..];
        }

        return received.Length;
    }
}
