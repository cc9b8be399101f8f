namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>How many requests of one route are under way, whatever versions of it they were sent by.</summary>
internal sealed class RouteLoad(string route)
{
    private long running;

    public string Route => route;

    public long Running => Interlocked.Read(ref running);

    public bool TryEnter(long maximum)
    {
        if (Interlocked.Increment(ref running) <= maximum)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref running);
}
