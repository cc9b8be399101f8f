using System.Buffers;
using System.IO.Pipelines;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>Passes on what it reads, once each byte has been looked at.</summary>
internal sealed class CountingReader(PipeReader inner, FrameBudget budget, Action tooMany) : PipeReader
{
    private readonly FrameHeaders frames = new();
    private ReadOnlySequence<byte> current;
    private long seen;
    private bool hasEnded;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Seen(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));

    public override bool TryRead(out ReadResult result)
    {
        var any = inner.TryRead(out result);
        result = any ? Seen(result) : result;

        return any;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        seen -= current.Slice(current.Start, consumed).Length;
        current = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private ReadResult Seen(ReadResult result)
    {
        current = result.Buffer;
        foreach (var segment in current.Slice(seen))
        {
            Spend(frames.CountUseless(segment.Span));
        }

        seen = current.Length;
        return result;
    }

    private void Spend(int count)
    {
        for (; count > 0 && !hasEnded; count--)
        {
            if (!budget.TrySpend())
            {
                hasEnded = true;
                tooMany();
            }
        }
    }
}
