using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Portcullis.Operator.Resources;

/// <summary>A declared route: which requests, to which backends, verified against what.</summary>
[KubernetesEntity(Group = Group, ApiVersion = Version, Kind = KindName, PluralName = Plural)]
public sealed record BackendRoute : IKubernetesObject<V1ObjectMeta>, ISpec<BackendRouteSpec>, IStatus<BackendRouteStatus?>
{
    public const string Group = "portcullis.dev";
    public const string Version = "v1alpha1";
    public const string KindName = "BackendRoute";
    public const string Plural = "backendroutes";

    public string ApiVersion { get; set; } = $"{Group}/{Version}";

    public string Kind { get; set; } = KindName;

    public V1ObjectMeta Metadata { get; set; } = new();

    public required BackendRouteSpec Spec { get; set; }

    /// <summary>Null before the operator wrote one.</summary>
    public BackendRouteStatus? Status { get; set; }

    /// <summary>Null when this is the newest version as it was written.</summary>
    [JsonIgnore]
    public Unread? Unread { get; init; }
}
