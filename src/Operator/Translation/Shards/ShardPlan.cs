using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>Which bundles are published as what, and which ConfigMap holds which.</summary>
/// <param name="Bundles">Every bundle; one that found no room stays as it was, or is out of force.</param>
/// <param name="Shards">Every declared shard, those that hold nothing included.</param>
internal sealed record ShardPlan(
    ImmutableSortedDictionary<ResourceKey, TranslatedBundle> Bundles,
    ImmutableSortedDictionary<ResourceKey, ImmutableSortedDictionary<string, string>> Shards);
