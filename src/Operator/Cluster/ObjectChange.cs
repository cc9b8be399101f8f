using Portcullis.Contract;

namespace Portcullis.Operator.Cluster;

/// <summary>What became of one object.</summary>
internal abstract record ObjectChange<T>(ResourceKey Key)
{
    /// <summary>It is there, like this.</summary>
    public sealed record Put(ResourceKey Key, T Object) : ObjectChange<T>(Key);

    /// <summary>It is not there any more.</summary>
    public sealed record Removed(ResourceKey Key) : ObjectChange<T>(Key);

    /// <summary>It is there and makes no sense to us.</summary>
    /// <param name="Key">Of the object.</param>
    /// <param name="Field">Where reading stopped; empty when that is not known.</param>
    public sealed record Undecodable(ResourceKey Key, string Field) : ObjectChange<T>(Key)
    {
        /// <summary>What can be told of it nevertheless; null when that is nothing.</summary>
        public T? Outline { get; init; }
    }
}
