using System.Collections.Immutable;
using System.Net.Sockets;

namespace Portcullis.TestKit.Backends;

/// <summary>One TCP connection of a <see cref="RawTcpServer"/> and the bytes it brought.</summary>
public sealed class RawConnection
{
    private readonly Lock gate = new();
    private readonly List<byte> received = [];
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ImmutableArray<byte> Received
    {
        get
        {
            lock (gate)
            {
                return [.. received];
            }
        }
    }

    /// <summary>Completes when the connection is gone.</summary>
    public Task Closed => closed.Task;

    /// <summary>Reads what is there and keeps it; 0 at the end of the stream.</summary>
    public async Task<int> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            received.AddRange(buffer.AsSpan(0, read));
        }

        return read;
    }

    internal void Close() => closed.TrySetResult();
}
