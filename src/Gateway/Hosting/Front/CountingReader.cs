using System.Buffers;
using System.IO.Pipelines;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>Passes on what it reads, once each byte has been looked at; with a frame too many the input ends, as if the client had closed it.</summary>
internal sealed class CountingReader(PipeReader inner, FrameAccount account, Action tooMany) : PipeReader
{
    private readonly FrameHeaders frames = new(FrameHeaders.ClientPreface);
    private ReadOnlySequence<byte> current;
    private long seen;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        account.IsOverdrawn ? Ended(current) : Seen(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));

    public override bool TryRead(out ReadResult result)
    {
        if (account.IsOverdrawn)
        {
            result = Ended(current);
            return true;
        }

        var any = inner.TryRead(out result);
        result = any ? Seen(result) : result;

        return any;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // What was left when the input ended stays where it is.
        if (account.IsOverdrawn)
        {
            return;
        }

        seen -= current.Slice(current.Start, consumed).Length;
        current = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        // What comes after the end is drained.
        if (!account.IsOverdrawn)
        {
            inner.Complete(exception);
        }
    }

    /// <summary>
    /// After the end of an input with a frame too many: reads on and drops everything until the client closes. A connection that is closed with bytes unread is reset, and
    /// the reset overtakes what was said last.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            inner.AdvanceTo(current.End);
            while (await inner.ReadAsync(cancellationToken).ConfigureAwait(false) is { IsCompleted: false } read)
            {
                inner.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A reset, ours or the client's, is an end as well.
        }
        finally
        {
            await inner.CompleteAsync().ConfigureAwait(false);
        }
    }

    private ReadResult Seen(ReadResult result)
    {
        current = result.Buffer;
        foreach (var segment in current.Slice(seen))
        {
            if (!IsAllowed(segment.Span))
            {
                tooMany();
                return Ended(current);
            }
        }

        seen = current.Length;
        return result;
    }

    private bool IsAllowed(ReadOnlySpan<byte> bytes)
    {
        while (frames.ReadNext(ref bytes))
        {
            if (!account.Take(frames))
            {
                return false;
            }
        }

        return true;
    }

    private static ReadResult Ended(ReadOnlySequence<byte> buffer) => new(buffer.Slice(0, 0), isCanceled: false, isCompleted: true);
}
