using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Validation;

namespace Portcullis.Operator.Stores.Manifests.Decoding;

/// <summary>A kind that a folder may hold: how it is called, and what it becomes.</summary>
internal sealed record ManifestKind
{
    public static ImmutableArray<ManifestKind> All { get; } =
    [
        new()
        {
            Group = BackendRoute.Group, Versions = [BackendRoute.Version], Kind = BackendRoute.KindName, Type = typeof(BackendRoute),
            Schema = CustomResources.BackendRoute,
        },
        new()
        {
            Group = TrustBundle.Group, Versions = [TrustBundle.Version], Kind = TrustBundle.KindName, Type = typeof(TrustBundle),
            Schema = CustomResources.TrustBundle,
        },
        new()
        {
            Group = "", Versions = ["v1"], Kind = "ConfigMap", Type = typeof(V1ConfigMap),
            Complete = CoreObjects.Complete<V1ConfigMap>(CoreObjects.CompleteConfigMap),
        },
        new()
        {
            Group = "", Versions = ["v1"], Kind = "Secret", Type = typeof(V1Secret),
            Complete = CoreObjects.Complete<V1Secret>(CoreObjects.CompleteSecret),
        },
        new()
        {
            Group = "", Versions = ["v1"], Kind = "Service", Type = typeof(V1Service), NameIsLabel = true,
            Complete = CoreObjects.Complete<V1Service>(CoreObjects.CompleteService),
        },
        new()
        {
            Group = "discovery.k8s.io", Versions = ["v1"], Kind = "EndpointSlice", Type = typeof(V1EndpointSlice),
            Complete = CoreObjects.Complete<V1EndpointSlice>(CoreObjects.CompleteEndpointSlice),
        },
        new()
        {
            Group = "gateway.networking.k8s.io", Versions = ["v1", "v1beta1"], Kind = "ReferenceGrant", Type = typeof(ReferenceGrant),
            Complete = CoreObjects.Complete<ReferenceGrant>(CoreObjects.CompleteReferenceGrant),
        },
    ];

    public required string Group { get; init; }

    public required ImmutableArray<string> Versions { get; init; }

    public required string Kind { get; init; }

    public required Type Type { get; init; }

    /// <summary>Null for kinds that are not ours.</summary>
    public SchemaNode? Schema { get; init; }

    /// <summary>True when the name must be a DNS label, not a subdomain.</summary>
    public bool NameIsLabel { get; init; }

    /// <summary>Fills what the API server would fill, and says what it would refuse.</summary>
    public Func<IKubernetesObject<V1ObjectMeta>, ImmutableArray<FieldProblem>> Complete { get; init; } = _ => [];

    public string ApiVersion(string version) => Group.Length == 0 ? version : $"{Group}/{version}";
}
