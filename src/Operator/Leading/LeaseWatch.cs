namespace Portcullis.Operator.Leading;

/// <summary>
/// How long somebody else's Lease has not changed, by this process' own monotonic time. Times written in the Lease are never compared with
/// a clock here: two machines' clocks may be hours apart.
/// </summary>
internal sealed class LeaseWatch(TimeSpan usualDuration, TimeProvider time)
{
    // Whatever somebody wrote into it by hand, nobody is waited for longer.
    private static readonly TimeSpan LongestDuration = TimeSpan.FromMinutes(1);
    private (string Uid, string ResourceVersion) seen;
    private long since = time.GetTimestamp();

    /// <summary>How long to wait until it may be taken, if it does not change; zero or less: now.</summary>
    public TimeSpan Observe(LeaseReading lease)
    {
        if (seen != (lease.Uid, lease.ResourceVersion))
        {
            seen = (lease.Uid, lease.ResourceVersion);
            since = time.GetTimestamp();
        }

        var duration = lease.Duration ?? usualDuration;
        return (duration < LongestDuration ? duration : LongestDuration) - time.GetElapsedTime(since);
    }
}
