using k8s.Models;

namespace Portcullis.Operator.Resources;

/// <summary>A declared set of certificates that backends are verified against.</summary>
[KubernetesEntity(Group = Group, ApiVersion = Version, Kind = KindName, PluralName = Plural)]
public sealed record TrustBundle() : CustomResource<TrustBundleSpec, TrustBundleStatus>($"{Group}/{Version}", KindName)
{
    public const string Group = "portcullis.dev";
    public const string Version = "v1alpha1";
    public const string KindName = "TrustBundle";
    public const string Plural = "trustbundles";
}
