using k8s.Models;

namespace Portcullis.Operator.Resources;

/// <summary>A declared route: which requests, to which backends, verified against what.</summary>
[KubernetesEntity(Group = Group, ApiVersion = Version, Kind = KindName, PluralName = Plural)]
public sealed record BackendRoute() : CustomResource<BackendRouteSpec, BackendRouteStatus>($"{Group}/{Version}", KindName)
{
    public const string Group = "portcullis.dev";
    public const string Version = "v1alpha1";
    public const string KindName = "BackendRoute";
    public const string Plural = "backendroutes";
}
