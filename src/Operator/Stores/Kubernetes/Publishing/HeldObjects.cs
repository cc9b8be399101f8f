using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>What the watch shows at the moment of asking; null for an object that it does not show.</summary>
/// <param name="Shard">A trust shard's ConfigMap.</param>
/// <param name="Route">With its status.</param>
/// <param name="Bundle">With its status.</param>
internal sealed record HeldObjects(Func<ResourceKey, V1ConfigMap?> Shard, Func<ResourceKey, BackendRoute?> Route, Func<ResourceKey, TrustBundle?> Bundle);
