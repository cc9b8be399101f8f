using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation;

/// <summary>What is to be mounted, and which pods have not said yet that they hold it.</summary>
public sealed record BundlePublication
{
    /// <summary>Every bundle of which something may be in force.</summary>
    public required ImmutableArray<CompiledBundle> Bundles { get; init; }

    /// <summary>By namespace and name of the ConfigMap: the files it is to hold, and no others. Empty without a cluster.</summary>
    public ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>> Shards { get; init; } =
        ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>>.Empty;

    /// <summary>Pods that have not reported what is published now.</summary>
    public ImmutableArray<AwaitedPod> Awaited { get; init; } = [];
}
