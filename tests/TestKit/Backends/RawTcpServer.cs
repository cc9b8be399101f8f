using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Portcullis.TestKit.Events;

namespace Portcullis.TestKit.Backends;

/// <summary>A TCP server on loopback that does with each connection whatever a test makes it do: hang, reset, send garbage.</summary>
public sealed class RawTcpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentBag<Task> serving = [];
    private readonly Func<RawConnection, NetworkStream, CancellationToken, Task> serve;
    private Task accepting = Task.CompletedTask;
    private volatile bool isListening = true;

    private RawTcpServer(Func<RawConnection, NetworkStream, CancellationToken, Task> serve) => this.serve = serve;

    public Journal<RawConnection> Connections { get; } = new();

    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndpoint;

    public int Port => EndPoint.Port;

    /// <param name="serve">Runs once a connection; the connection is closed when it ends.</param>
    public static RawTcpServer Start(Func<RawConnection, NetworkStream, CancellationToken, Task> serve)
    {
        var server = new RawTcpServer(serve);
        server.listener.Start();
        server.accepting = server.AcceptAsync();

        return server;
    }

    /// <summary>A server that accepts and then never says a word.</summary>
    public static RawTcpServer StartSilent() => Start(async (connection, stream, cancellationToken) =>
    {
        while (await connection.ReadAsync(stream, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    });

    /// <summary>A server that answers the first bytes with these and hangs up.</summary>
    public static RawTcpServer StartAnswering(byte[] answer) => Start(async (connection, stream, cancellationToken) =>
    {
        await connection.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
    });

    /// <summary>A server that resets every connection as soon as the first bytes arrive.</summary>
    public static RawTcpServer StartResetting() => Start(async (connection, stream, cancellationToken) =>
    {
        await connection.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
        stream.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
    });

    /// <summary>Nobody is accepted any more; connections go on.</summary>
    public void StopListening()
    {
        isListening = false;
        listener.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        listener.Stop();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(serving).ConfigureAwait(false);
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stopping.Token).ConfigureAwait(false);
                serving.Add(ServeAsync(socket));
            }
        }
        catch (Exception exception) when ((stopping.IsCancellationRequested || !isListening)
            && exception is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped; a listener that was stopped between two accepts calls the next one invalid.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var connection = new RawConnection();
        Connections.Add(connection);
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await serve(connection, stream, stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The peer went away or the server stops; both are ordinary ends of a misbehaving connection.
        }
        finally
        {
            connection.Close();
            Connections.Touch();
        }
    }
}
