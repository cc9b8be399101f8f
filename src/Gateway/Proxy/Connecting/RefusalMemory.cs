namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>
/// Keeps the last refusal of one endpoint for a moment, so that a backend which must be refused costs one handshake a second and not one a request.
/// Acceptance is never kept: every connection is verified.
/// </summary>
internal sealed class RefusalMemory(TimeProvider time)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private volatile ConnectRefusal? last;
    private TimeSpan span;
    private long since;
    private int generation;

    /// <summary>Names what is known now; a refusal found out under an older name is not kept.</summary>
    public int Generation
    {
        get
        {
            lock (gate)
            {
                return generation;
            }
        }
    }

    /// <summary>The refusal that still holds; null when one must ask the endpoint.</summary>
    public ConnectRefusal? Recall()
    {
        // Asked for every request, and nearly always there is none.
        if (last is null)
        {
            return null;
        }

        lock (gate)
        {
            return Holds() ? last : null;
        }
    }

    /// <param name="refusal">The answer to keep.</param>
    /// <param name="askedIn">The <see cref="Generation"/> when the endpoint was asked.</param>
    /// <param name="growing">Whether each further refusal is kept longer.</param>
    /// <returns>False when the question is no longer the one that was asked: trust or configuration has changed since.</returns>
    public bool Keep(ConnectRefusal refusal, int askedIn, bool growing)
    {
        lock (gate)
        {
            if (askedIn != generation)
            {
                return false;
            }

            if (!Holds())
            {
                span = growing && last is not null ? TimeSpan.FromTicks(Math.Min(span.Ticks * 2, Longest.Ticks)) : Shortest;
                since = time.GetTimestamp();
            }

            last = refusal;
            return true;
        }
    }

    /// <summary>The endpoint was accepted.</summary>
    public void Clear()
    {
        lock (gate)
        {
            last = null;
        }
    }

    /// <summary>What the endpoint is held to has changed.</summary>
    public void Forget()
    {
        lock (gate)
        {
            generation++;
            last = null;
        }
    }

    private bool Holds() => last is not null && time.GetElapsedTime(since) < span;
}
