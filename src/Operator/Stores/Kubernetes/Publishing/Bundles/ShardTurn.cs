using System.Collections.Immutable;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;

/// <summary>What became of one publication.</summary>
/// <param name="Refused">Namespaces in which a shard that exists does not hold what it is to hold.</param>
/// <param name="Writes">By namespace: how many shards were written since this process leads.</param>
internal sealed record ShardTurn(ImmutableHashSet<string> Refused, ImmutableDictionary<string, long> Writes);
