using k8s.Models;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>Which Service an EndpointSlice belongs to: its label says so, for its name is the controller's own affair.</summary>
internal static class SliceOwner
{
    public const string Label = "kubernetes.io/service-name";

    /// <summary>Null for a slice of no Service.</summary>
    /// <param name="key">Of the slice.</param>
    /// <param name="slice">Itself.</param>
    public static ResourceKey? Of(ResourceKey key, V1EndpointSlice slice) =>
        slice.Metadata?.Labels?.TryGetValue(Label, out var service) == true ? new ResourceKey(key.Namespace, service) : null;
}
