using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>Which state readers see: the newest one, or that of a server whose cache lags behind.</summary>
internal sealed class ReadView(ApiState state)
{
    private volatile Lag lag = Lag.None;

    /// <summary>What the watch cache has: it serves watches, and reads that are content with any version.</summary>
    public StoreState Cached => lag switch
    {
        { Frozen: { } revision } => state.Store.At(revision) ?? state.Store.Now,
        { Delay: { } delay } => state.Store.At(state.Time.GetUtcNow() - delay),
        _ => state.Store.Now,
    };

    /// <summary>What reads see that ask for the newest.</summary>
    public StoreState Newest => lag.Reads == StaleReads.All ? Cached : state.Store.Now;

    /// <summary>How long until the cache may show more than it does; null when only writes change it.</summary>
    public TimeSpan? Tick => lag.Delay is null ? null : TimeSpan.FromMilliseconds(50);

    public void Show(Lag next)
    {
        lag = next;
        state.Store.Touch();
    }
}
