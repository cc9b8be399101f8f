namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>Says when it is time to tell something again: who floods must not flood the log too.</summary>
internal sealed class Seldom(TimeProvider time)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private long lastTold = long.MinValue;

    /// <summary>True for one caller in ten seconds.</summary>
    public bool IsTime()
    {
        var (now, before) = (time.GetTimestamp(), Interlocked.Read(ref lastTold));

        return (before == long.MinValue || time.GetElapsedTime(before, now) >= Silence) && Interlocked.CompareExchange(ref lastTold, now, before) == before;
    }
}
