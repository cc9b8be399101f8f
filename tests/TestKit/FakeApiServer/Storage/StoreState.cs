using System.Collections.Immutable;

namespace Portcullis.TestKit.FakeApiServer.Storage;

/// <summary>Everything at one revision.</summary>
internal sealed record StoreState(long Revision, DateTimeOffset At, ImmutableDictionary<string, ImmutableSortedDictionary<ObjectKey, StoredObject>> Places)
{
    public ImmutableSortedDictionary<ObjectKey, StoredObject> In(string storage) => Places.GetValueOrDefault(storage, ImmutableSortedDictionary<ObjectKey, StoredObject>.Empty);

    public StoredObject? Find(string storage, ObjectKey key) => In(storage).GetValueOrDefault(key);

    public StoreState With(StoreChange change)
    {
        var place = change.After is null ? In(change.Storage).Remove(change.Key) : In(change.Storage).SetItem(change.Key, change.After);

        return new StoreState(change.Revision, change.At, Places.SetItem(change.Storage, place));
    }
}
