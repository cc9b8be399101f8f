using Microsoft.AspNetCore.Connections;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>One connection among those that a limit counts: whether it may be ended for another, and how soon.</summary>
internal sealed class ConnectionPlace(ConnectionContext connection, long since)
{
    private const int Ended = -1;

    // Whoever has never asked anything goes eight times as soon, or four when it has at least come as far as TLS: that is what slow clients have in common, and
    // clients between two requests have not.
    private const int Haste = 8;
    private const int HasteInTls = 4;

    private int running;
    private long since = since;
    private volatile int haste = Haste;

    /// <summary>Where it is among the others; of <see cref="ConnectionPlaces"/>, under its lock.</summary>
    public int Index { get; set; }

    public ConnectionContext Connection => connection;

    /// <summary>A step of its handshake was taken: should it be long, that is for our own work and not for its idling.</summary>
    public void Progresses(long now)
    {
        Volatile.Write(ref since, now);
        haste = HasteInTls;
    }

    public void RequestStarts()
    {
        int count;
        do
        {
            count = Volatile.Read(ref running);
        }
        while (count != Ended && Interlocked.CompareExchange(ref running, count + 1, count) != count);
    }

    public void RequestEnds(long now)
    {
        Volatile.Write(ref since, now);
        haste = 1;

        int count;
        do
        {
            count = Volatile.Read(ref running);
        }
        while (count != Ended && Interlocked.CompareExchange(ref running, count - 1, count) != count);
    }

    /// <summary>How dispensable it is: negative while a request runs, else for how long nothing was asked.</summary>
    public long Idleness(long now) => Volatile.Read(ref running) != 0 ? -1 : Math.Max(now - Volatile.Read(ref since), 0) * haste;

    /// <summary>False when a request came first.</summary>
    public bool TryEnd() => Interlocked.CompareExchange(ref running, Ended, 0) == 0;
}
