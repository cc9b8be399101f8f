using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Cluster;

/// <summary>Whoever is told what a <see cref="Reflector{T}"/> sees, by one call at a time.</summary>
internal interface IReflected<T>
{
    /// <summary>Everything was read: these changes, as one step, lead from what was told before to what is there.</summary>
    void Replace(ImmutableArray<ObjectChange<T>> changes);

    void Apply(ObjectChange<T> change);

    /// <summary>The answer is no, and waiting alone does not change it.</summary>
    void Refused(ApiRefusal refusal);

    /// <summary>The watch is open.</summary>
    void Reached();

    /// <param name="problem">Why there is no answer.</param>
    /// <param name="failures">How many times in a row.</param>
    void Broke(string problem, int failures);

    /// <summary>Nobody asks any more; these are the objects that were there.</summary>
    void Withdraw(ImmutableArray<ResourceKey> keys);
}
