namespace Portcullis.Contract;

/// <summary>How long to wait before trying again: doubling, with full jitter, so that many clients of one server do not return in step.</summary>
public sealed record Backoff(TimeSpan First, TimeSpan Most)
{
    /// <param name="failures">How many tries failed in a row, from 1.</param>
    /// <param name="random">In [0, 1).</param>
    public TimeSpan After(int failures, double random)
    {
        var ceiling = Math.Min(Most.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 30)));

        // A tenth stays fixed: a wait of nothing would make a hot loop of a peer that refuses at once.
        return TimeSpan.FromMilliseconds(ceiling * (0.1 + (0.9 * random)));
    }
}
