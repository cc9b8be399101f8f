namespace Portcullis.Operator.Leading;

/// <summary>
/// One time of leading. It ends by a monotonic deadline that each renewal moves; a process that was stopped past it finds
/// <see cref="IsHeld"/> false before any timer has had its turn.
/// </summary>
internal sealed class Term : IDisposable
{
    private static readonly TimeSpan LongestSkew = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource ended;
    private readonly TimeSpan deadline;
    private readonly TimeProvider time;
    private long renewed;
    private long outrunBy;

    /// <param name="epoch">Higher than that of every term before it.</param>
    /// <param name="renewed">The timestamp before the request that acquired it.</param>
    /// <param name="deadline">How long a renewal is good for.</param>
    /// <param name="time">Only its timestamps are used: clocks may be set.</param>
    public Term(long epoch, long renewed, TimeSpan deadline, TimeProvider time)
    {
        (Epoch, this.renewed, this.deadline, this.time) = (epoch, renewed, deadline, time);
        ended = new CancellationTokenSource(Left, time);
    }

    public long Epoch { get; }

    /// <summary>To be asked before each push and each write.</summary>
    public bool IsHeld => !ended.IsCancellationRequested && time.GetElapsedTime(Volatile.Read(ref renewed)) < deadline;

    /// <summary>Fires when the term ends, however it ends.</summary>
    public CancellationToken Ended => ended.Token;

    private TimeSpan Left => TimeSpan.FromTicks(Math.Max(0, (deadline - time.GetElapsedTime(Volatile.Read(ref renewed))).Ticks));

    /// <summary>The highest epoch that is not lower than this term's and that somebody holds a configuration of; null when there is none.</summary>
    public long? OutrunBy => Volatile.Read(ref outrunBy) is var epoch and > 0 ? epoch : null;

    /// <summary>
    /// A gateway holds a configuration of this epoch, and takes none of this term: the Lease that told of it was deleted before this operator had seen it. As such epochs come
    /// from clocks, one further ahead than clocks are is nobody's.
    /// </summary>
    /// <returns>Whether a higher term is to follow.</returns>
    public bool Outrun(long epoch)
    {
        if (epoch < Epoch || epoch > time.GetUtcNow().ToUnixTimeSeconds() + (long)LongestSkew.TotalSeconds)
        {
            return false;
        }

        Volatile.Write(ref outrunBy, epoch);
        return true;
    }

    /// <summary>What has ended stays ended, also if the renewal came through after all.</summary>
    /// <param name="at">The timestamp before the request: the Lease may be that old when its answer arrives.</param>
    public void Renew(long at)
    {
        if (!IsHeld)
        {
            End();
            return;
        }

        Volatile.Write(ref renewed, at);
        ended.CancelAfter(Left);
    }

    /// <summary>Whoever waits for the end goes on elsewhere.</summary>
    public void End() => _ = ended.CancelAsync();

    public void Dispose() => ended.Dispose();
}
