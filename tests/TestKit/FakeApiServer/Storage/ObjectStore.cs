using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Storage;

/// <summary>Objects with all their history, as etcd keeps them: one revision for every write, old revisions until they are compacted.</summary>
internal sealed class ObjectStore(TimeProvider time)
{
    // Not 1, so that a test that mixes up a revision with a count or a generation fails.
    private const long FirstRevision = 1000;

    private readonly Lock gate = new();
    private ImmutableList<StoreState> states = [new StoreState(FirstRevision, time.GetUtcNow(), ImmutableDictionary<string, ImmutableSortedDictionary<ObjectKey, StoredObject>>.Empty)];
    private ImmutableList<StoreChange> changes = [];
    private TaskCompletionSource changed = NewSignal();

    /// <summary>Writers hold it from reading to committing; readers need nothing.</summary>
    public Lock Writing { get; } = new();

    public StoreState Now
    {
        get
        {
            lock (gate)
            {
                return states[^1];
            }
        }
    }

    public long Oldest
    {
        get
        {
            lock (gate)
            {
                return states[0].Revision;
            }
        }
    }

    /// <summary>The newest state and a task that ends when it is no longer the newest, or somebody calls <see cref="Touch"/>.</summary>
    public (StoreState State, Task Next) Read()
    {
        lock (gate)
        {
            return (states[^1], changed.Task);
        }
    }

    /// <summary>The state at exactly this revision; null when it is compacted.</summary>
    public StoreState? At(long revision)
    {
        lock (gate)
        {
            return revision < states[0].Revision ? null : states[IndexAt(revision)];
        }
    }

    /// <summary>The newest state that was there at this moment, or the oldest that is kept.</summary>
    public StoreState At(DateTimeOffset moment)
    {
        lock (gate)
        {
            return states.FindLast(state => state.At <= moment) ?? states[0];
        }
    }

    /// <summary>What happened after a revision; null when that is compacted.</summary>
    public IReadOnlyList<StoreChange>? After(long revision)
    {
        lock (gate)
        {
            if (revision < states[0].Revision)
            {
                return null;
            }

            // Each change makes one state, so the change that made states[i] is changes[i - 1].
            var next = IndexAt(revision);
            return next == changes.Count ? [] : changes.GetRange(next, changes.Count - next);
        }
    }

    public StoredObject Put(string storage, ObjectKey key, JsonObject content, bool isCompletedOnRead = false)
    {
        lock (gate)
        {
            var before = states[^1].Find(storage, key);
            var after = StoredObject.At(states[^1].Revision + 1, key, content) with { IsCompletedOnRead = isCompletedOnRead };
            Append(new StoreChange(after.Revision, storage, key, before, after, time.GetUtcNow()));
            return after;
        }
    }

    /// <summary>The object's last state, at the revision of its end.</summary>
    public StoredObject Remove(string storage, ObjectKey key)
    {
        lock (gate)
        {
            var before = states[^1].Find(storage, key) ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{key} is not there."));
            var gone = StoredObject.At(states[^1].Revision + 1, key, before.Draft());
            Append(new StoreChange(gone.Revision, storage, key, before, After: null, time.GetUtcNow()) { Gone = gone });
            return gone;
        }
    }

    /// <summary>Forgets everything but the newest state.</summary>
    public void Compact()
    {
        lock (gate)
        {
            states = [states[^1]];
            changes = [];
        }

        Touch();
    }

    /// <summary>Wakes all who wait, because what they may see changed.</summary>
    public void Touch()
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            (signal, changed) = (changed, NewSignal());
        }

        signal.TrySetResult();
    }

    private void Append(StoreChange change)
    {
        changes = changes.Add(change);
        states = states.Add(states[^1].With(change));
        Touch();
    }

    // Revisions have no gaps.
    private int IndexAt(long revision) => (int)Math.Min(revision - states[0].Revision, states.Count - 1);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
