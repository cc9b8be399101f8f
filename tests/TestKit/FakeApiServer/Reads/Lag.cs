namespace Portcullis.TestKit.FakeApiServer.Reads;

/// <summary>How far what is read lies behind what is written: by a time, or at a fixed revision; neither for not at all.</summary>
internal sealed record Lag(StaleReads Reads, TimeSpan? Delay = null, long? Frozen = null)
{
    public static Lag None { get; } = new(StaleReads.Cached);
}
