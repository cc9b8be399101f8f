using k8s;
using k8s.Models;

namespace Portcullis.Operator.Resources;

/// <summary>Gateway API's consent to references across namespaces (gateway.networking.k8s.io, v1 and v1beta1 alike).</summary>
public sealed record ReferenceGrant : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "gateway.networking.k8s.io/v1beta1";

    public string Kind { get; set; } = "ReferenceGrant";

    public V1ObjectMeta Metadata { get; set; } = new();

    public required ReferenceGrantSpec Spec { get; set; }
}
