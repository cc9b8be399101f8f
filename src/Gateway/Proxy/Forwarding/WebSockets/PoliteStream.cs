namespace Portcullis.Gateway.Proxy.Forwarding.WebSockets;

/// <summary>
/// A client's end of a WebSocket. When the gateway is about to end it says so between two frames, with a Close frame of status 1001 (RFC 6455, section 7.4.1):
/// the client answers it, the answer reaches the backend, and both know why, instead of losing a connection.
/// </summary>
internal sealed class PoliteStream : Stream
{
    // FIN and the opcode of Close, no mask, two bytes: 1001.
    private static readonly byte[] GoingAway = [0x88, 0x02, 0x03, 0xE9];

    private readonly Stream inner;
    private readonly FrameBoundary boundary = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly CancellationTokenRegistration registration;
    private Task goodbye = Task.CompletedTask;
    private bool isToEnd;
    private bool hasEnded;

    public PoliteStream(Stream inner, CancellationToken ends)
    {
        this.inner = inner;
        registration = ends.Register(() => goodbye = SayGoodbyeAsync());
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await PassAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await registration.DisposeAsync().ConfigureAwait(false);
        await goodbye.ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
        writing.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask PassAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        // Nothing may follow a Close frame; what the backend says until it has heard of it is for nobody.
        if (hasEnded)
        {
            return;
        }

        if (!isToEnd)
        {
            boundary.PassAll(buffer.Span);
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            return;
        }

        await inner.WriteAsync(buffer[..boundary.PassOne(buffer.Span)], cancellationToken).ConfigureAwait(false);
        await EndAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task SayGoodbyeAsync()
    {
        try
        {
            await writing.WaitAsync().ConfigureAwait(false);
            try
            {
                isToEnd = true;
                await EndAsync(CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                writing.Release();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The client left in the same moment; there is nobody to be polite to.
            return;
        }
    }

    // In the middle of a frame it waits for the rest of it.
    private async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (!boundary.IsHere || hasEnded || boundary.IsClosed)
        {
            return;
        }

        hasEnded = true;
        await inner.WriteAsync(GoingAway, cancellationToken).ConfigureAwait(false);
        await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
