using System.Collections.Concurrent;
using System.Collections.Immutable;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>
/// What our own writes made of objects that the watch still shows as they were before. Without it every turn until the watch catches up would
/// write the same again, and be refused as stale.
/// </summary>
internal sealed class OwnWrites<T>
{
    private readonly ConcurrentDictionary<ObjectRef, Written> writes = new();

    /// <summary>The later of what the watch shows and what we wrote.</summary>
    /// <param name="seen">Null when the watch shows no such object.</param>
    public AtHand<T>? Newest(ObjectRef of, AtHand<T>? seen)
    {
        if (!writes.TryGetValue(of, out var own))
        {
            return seen;
        }

        // Each of our writes demanded the version before it, so nobody else's lies between the first superseded one and the last of ours.
        if (seen is not null && seen.Uid == own.Now.Uid && own.Superseded.Contains(seen.ResourceVersion))
        {
            return own.Now;
        }

        // The watch has caught up, or somebody else wrote since.
        writes.TryRemove(KeyValuePair.Create(of, own));
        return seen;
    }

    public void Wrote(ObjectRef of, AtHand<T> before, AtHand<T> after)
    {
        var isNext = writes.TryGetValue(of, out var own) && own.Now.ResourceVersion == before.ResourceVersion;
        writes[of] = new Written(after, isNext ? own!.Superseded.Add(before.ResourceVersion) : [before.ResourceVersion]);
    }

    /// <summary>Forgets objects that nothing is written to any more.</summary>
    public void Keep(IReadOnlySet<ObjectRef> known)
    {
        foreach (var gone in writes.Keys.Where(of => !known.Contains(of)))
        {
            writes.TryRemove(gone, out _);
        }
    }

    private sealed record Written(AtHand<T> Now, ImmutableHashSet<string> Superseded);
}
