using System.IO.Pipelines;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Passes on what the server writes, and counts it. A client that sent too many frames is told so: the server ends a connection whose input ended with a GOAWAY of its own,
/// written between its other frames, and here it gets its reason (RFC 9113, section 5.4.1).
/// </summary>
internal sealed class FarewellWriter(PipeWriter inner, FrameAccount account) : PipeWriter
{
    private const int CodeStart = 4;
    private const int CodeEnd = 8;
    private const byte EnhanceYourCalm = 0xB;

    private readonly FrameHeaders frames = new(preface: 0);
    private Memory<byte> next;

    // How much of the payload of a GOAWAY has been written.
    private int goAway = CodeEnd;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => next = inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        Look(next.Span[..bytes]);
        next = next[bytes..];
        account.Sent(bytes);
        inner.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private void Look(Span<byte> written)
    {
        Explain(written);
        ReadOnlySpan<byte> rest = written;
        while (frames.ReadNext(ref rest))
        {
            if (frames.Type == FrameType.GoAway)
            {
                goAway = 0;
                Explain(written[^rest.Length..]);
            }
        }
    }

    /// <param name="payload">Of the GOAWAY that is being written, from where it was left; also what follows it.</param>
    private void Explain(Span<byte> payload)
    {
        for (var at = 0; at < payload.Length && goAway < CodeEnd; at++, goAway++)
        {
            if (goAway >= CodeStart && account.IsOverdrawn)
            {
                payload[at] = goAway == CodeEnd - 1 ? EnhanceYourCalm : (byte)0;
            }
        }
    }
}
