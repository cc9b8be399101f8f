using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Translation;
using Portcullis.Operator.Translation.Routes;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>The pods behind a gateway's Service that are not on their way out.</summary>
internal static class GatewayPods
{
    /// <returns>Uid and name.</returns>
    public static ImmutableSortedDictionary<string, string> Of(DeclaredGateway gateway, ImmutableSortedDictionary<ResourceKey, V1EndpointSlice> slices) => slices
        .Where(slice => SliceOwner.Of(slice.Key, slice.Value) == new ResourceKey(gateway.Namespace, gateway.Service))
        .SelectMany(slice => slice.Value.Endpoints ?? [])
        .Where(endpoint => endpoint.Conditions?.Terminating != true)
        .Select(endpoint => endpoint.TargetRef)
        .Where(target => target is { Kind: "Pod", Uid.Length: > 0, Name.Length: > 0 })
        .DistinctBy(target => target.Uid, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(target => target.Uid, target => target.Name, StringComparer.Ordinal);
}
