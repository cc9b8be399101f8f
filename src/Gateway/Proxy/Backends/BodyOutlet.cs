namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>Where a request's body is written to: the stream of one attempt after the other, each of which is given what its predecessors were given.</summary>
internal sealed class BodyOutlet : Stream
{
    /// <summary>Of a longer body nothing is kept, and no attempt follows the one under way.</summary>
    public const int LongestKept = 16 * 1024;

    // Held while something is written, so that nothing passes between what the next attempt is given at once and what it is given from then on.
    private readonly SemaphoreSlim writing = new(1);
    private readonly Lock gate = new();
    private readonly MemoryStream kept = new();
    private TaskCompletionSource<bool> followed = Unknown();
    private Stream? attempt;
    private bool isWhole = true;
    private bool isSettled;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <returns>Whether another attempt follows this one, as soon as that is known.</returns>
    /// <exception cref="IOException">More than is kept was written already.</exception>
    public async Task<Task<bool>> TurnToAsync(Stream next, CancellationToken cancellationToken)
    {
        // An attempt can have ended before it is here; that is no reason to tell it from here.
        await writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await RepeatAsync(next, cancellationToken).ConfigureAwait(false);
            attempt = next;
            lock (gate)
            {
                followed.TrySetResult(true);
                followed = isSettled ? followed : Unknown();
                return followed.Task;
            }
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>No attempt will follow.</summary>
    public void Settle()
    {
        lock (gate)
        {
            isSettled = true;
            followed.TrySetResult(false);
            Forget();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        PassAsync(buffer, isFlush: false, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => PassAsync(default, isFlush: true, cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task RepeatAsync(Stream next, CancellationToken cancellationToken)
    {
        var soFar = Kept();
        try
        {
            if (soFar.Length > 0)
            {
                await next.WriteAsync(soFar, cancellationToken).ConfigureAwait(false);
                await next.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested && MayBeFollowed())
        {
            // It has ended already, and what follows it begins from the beginning again.
        }
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> buffer, bool isFlush, CancellationToken cancellationToken)
    {
        var isFollowed = Task.FromResult(false);
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            isFollowed = Keep(buffer);
            await (isFlush ? attempt!.FlushAsync(cancellationToken) : attempt!.WriteAsync(buffer, cancellationToken).AsTask()).ConfigureAwait(false);
            return;
        }
        catch (Exception) when (MayBeFollowed() && !cancellationToken.IsCancellationRequested)
        {
            // The next attempt, if there is one, is given it with all the rest.
        }
        finally
        {
            writing.Release();
        }

        if (!await isFollowed.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new IOException("The request has ended before its body.");
        }
    }

    private bool MayBeFollowed()
    {
        lock (gate)
        {
            return isWhole && !isSettled;
        }
    }

    private Task<bool> Keep(ReadOnlyMemory<byte> written)
    {
        lock (gate)
        {
            if (kept.Length + written.Length > LongestKept)
            {
                Forget();
            }

            if (isWhole)
            {
                kept.Write(written.Span);
            }

            return followed.Task;
        }
    }

    private ReadOnlyMemory<byte> Kept()
    {
        lock (gate)
        {
            return isWhole ? kept.ToArray() : throw new IOException($"More than {LongestKept} bytes of the request's body were sent already.");
        }
    }

    private void Forget()
    {
        isWhole = false;
        kept.SetLength(0);
        kept.Capacity = 0;
    }

    private static TaskCompletionSource<bool> Unknown() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
