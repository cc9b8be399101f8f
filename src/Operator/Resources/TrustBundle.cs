using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Portcullis.Operator.Resources;

/// <summary>A declared set of certificates that backends are verified against.</summary>
[KubernetesEntity(Group = Group, ApiVersion = Version, Kind = KindName, PluralName = Plural)]
public sealed record TrustBundle : IKubernetesObject<V1ObjectMeta>, ISpec<TrustBundleSpec>, IStatus<TrustBundleStatus?>
{
    public const string Group = "portcullis.dev";
    public const string Version = "v1alpha1";
    public const string KindName = "TrustBundle";
    public const string Plural = "trustbundles";

    public string ApiVersion { get; set; } = $"{Group}/{Version}";

    public string Kind { get; set; } = KindName;

    public V1ObjectMeta Metadata { get; set; } = new();

    public required TrustBundleSpec Spec { get; set; }

    /// <summary>Null before the operator wrote one.</summary>
    public TrustBundleStatus? Status { get; set; }

    /// <summary>Null when this is the newest version as it was written.</summary>
    [JsonIgnore]
    public Unread? Unread { get; init; }
}
