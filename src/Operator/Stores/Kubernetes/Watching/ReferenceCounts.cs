using System.Collections.Immutable;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>What is referred to, by how many. Not safe for several threads.</summary>
internal sealed class ReferenceCounts
{
    private readonly Dictionary<ObjectRef, ImmutableHashSet<ObjectRef>> byOwner = [];
    private readonly Dictionary<ObjectRef, int> counts = [];

    public bool Contains(ObjectRef reference) => counts.ContainsKey(reference);

    /// <summary>From now on the owner refers to these, and to nothing else.</summary>
    /// <returns>What is referred to for the first time, and what by nobody any more.</returns>
    public (ImmutableArray<ObjectRef> Needed, ImmutableArray<ObjectRef> Unneeded) Set(ObjectRef owner, ImmutableHashSet<ObjectRef> references)
    {
        var before = byOwner.GetValueOrDefault(owner, []);

        if (references.IsEmpty)
        {
            byOwner.Remove(owner);
        }
        else
        {
            byOwner[owner] = references;
        }

        return ([.. references.Except(before).Where(IsFirst)], [.. before.Except(references).Where(IsLast)]);
    }

    private bool IsFirst(ObjectRef reference) => (counts[reference] = counts.GetValueOrDefault(reference) + 1) == 1;

    private bool IsLast(ObjectRef reference)
    {
        var left = counts[reference] - 1;

        if (left > 0)
        {
            counts[reference] = left;
            return false;
        }

        return counts.Remove(reference);
    }
}
