namespace Portcullis.Gateway.Hosting.Front;

/// <summary>How many frames without use one connection may still send: what a second allows, saved up for a second at most.</summary>
internal sealed class FrameBudget(long perSecond, TimeProvider time)
{
    private double left = perSecond;
    private long last = time.GetTimestamp();

    /// <summary>False when it is used up.</summary>
    public bool TrySpend()
    {
        var now = time.GetTimestamp();
        left = Math.Min(perSecond, left + (time.GetElapsedTime(last, now).TotalSeconds * perSecond));
        last = now;
        left--;

        return left >= 0;
    }
}
