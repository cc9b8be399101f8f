namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>Which reads a lag is for.</summary>
public enum StaleReads
{
    /// <summary>Watches, and reads that name a version: what a real server answers from a cache that lags.</summary>
    Cached,

    /// <summary>Reads of the newest version too, which is worse than any real server.</summary>
    All,
}
