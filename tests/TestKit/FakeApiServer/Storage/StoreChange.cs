namespace Portcullis.TestKit.FakeApiServer.Storage;

/// <summary>One step of history. Before is null for a new object, After for one that is gone.</summary>
internal sealed record StoreChange(long Revision, string Storage, ObjectKey Key, StoredObject? Before, StoredObject? After, DateTimeOffset At)
{
    /// <summary>The last state of an object that is gone, at the revision of its end.</summary>
    public StoredObject? Gone { get; init; }
}
