using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Portcullis.TestKit.Backends;

/// <summary>A server that speaks HTTP in clear, as a backend with TLS forgotten does: it answers 400 to whatever comes and keeps what came.</summary>
public sealed class PlaintextServer : IAsyncDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nConnection: close\r\n\r\nBad Request\n");

    private readonly RawTcpServer server;

    private PlaintextServer(RawTcpServer server) => this.server = server;

    public IPEndPoint EndPoint => server.EndPoint;

    public int Port => server.Port;

    /// <summary>Every connection with the raw bytes it brought.</summary>
    public IReadOnlyList<RawConnection> Connections => server.Connections.Entries;

    /// <summary>What clients said beyond a TLS handshake: anything in clear. Zero is what a plaintext backend must have seen.</summary>
    public long BytesBeyondHandshake => server.Connections.Entries.Sum(connection => TlsRecords.BytesBeyondHandshake(connection.Received.AsSpan()));

    public static PlaintextServer Start() => new(RawTcpServer.Start(AnswerAsync));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task AnswerAsync(RawConnection connection, NetworkStream stream, CancellationToken cancellationToken)
    {
        if (await connection.ReadAsync(stream, cancellationToken).ConfigureAwait(false) == 0)
        {
            return;
        }

        await stream.WriteAsync(Answer, cancellationToken).ConfigureAwait(false);
        stream.Socket.Shutdown(SocketShutdown.Send);

        // What else the client says must be seen: application data after the refusal would be the failure that tests look for.
        while (await connection.ReadAsync(stream, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }
}
