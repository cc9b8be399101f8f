using System.Text.Json;
using k8s;
using k8s.Models;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>Makes the reflector of each target: how its objects are decoded, and where they go.</summary>
internal sealed class Reflectors(
    ApiConnection connection, Picture picture, Reachability reachability, ReadFaults faults, DefinitionCheck definitions, TimeProvider time, ILogger logger)
{
    public IReflector Of(WatchTarget target) => target switch
    {
        { Role: TargetRole.Shard } => Make(target, ObjectField.Shards, Native<V1ConfigMap>),
        { Role: TargetRole.GatewayPods } => Make(target, ObjectField.GatewaySlices, Native<V1EndpointSlice>),
        { Role: TargetRole.OwnAddress, Selection.Kind.Plural: "services" } => Make(target, ObjectField.OwnServices, Native<V1Service>),
        { Role: TargetRole.OwnAddress, Selection.Kind.Plural: "endpointslices" } => Make(target, ObjectField.OwnSlices, Native<V1EndpointSlice>),
        { Role: TargetRole.Definition } => Make(target, ObjectField.Definitions, Definition),
        { Selection.Kind.Plural: BackendRoute.Plural } => Make(target, ObjectField.BackendRoutes, Own<BackendRoute>, Outline.OfRoute),
        { Selection.Kind.Plural: TrustBundle.Plural } => Make(target, ObjectField.TrustBundles, Own<TrustBundle>, Outline.OfBundle),
        { Selection.Kind.Plural: "configmaps" } => Make(target, ObjectField.ConfigMaps, Native<V1ConfigMap>),
        { Selection.Kind.Plural: "secrets" } => Make(target, ObjectField.Secrets, Native<V1Secret>),
        { Selection.Kind.Plural: "services" } => Make(target, ObjectField.Services, Native<V1Service>),
        { Selection.Kind.Plural: "endpointslices" } => Make(target, ObjectField.EndpointSlices, Native<V1EndpointSlice>),
        { Selection.Kind.Plural: "referencegrants" } => Make(target, ObjectField.ReferenceGrants, Own<ReferenceGrant>),
        _ => throw new NotSupportedException($"Nothing is known about reading {target}."),
    };

    private Reflector<T> Make<T>(WatchTarget target, ObjectField<T> field, Func<JsonElement, T> decode, Func<JsonElement, string, T?>? outline = null) =>
        new(connection, target.Selection, decode, new Share<T>(target, field, picture, reachability, faults, logger), time, outline);

    /// <summary>Kinds that we have types of. The API server validated them; a newer one may know more fields.</summary>
    private static T Own<T>(JsonElement subject)
        where T : IKubernetesObject<V1ObjectMeta> => Slim(subject.Deserialize<T>(ResourceJson.Lenient));

    private static T Native<T>(JsonElement subject)
        where T : IKubernetesObject<V1ObjectMeta> => Slim(KubernetesJson.Deserialize<T>(subject));

    private InstalledDefinition Definition(JsonElement subject)
    {
        var definition = InstalledDefinition.Decode(subject);
        definitions.Look(definition);
        return definition;
    }

    /// <summary>Who wrote which field is half of many an object, and nobody here asks.</summary>
    private static T Slim<T>(T? subject)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        if (subject?.Metadata is not { } metadata)
        {
            throw new JsonException("There is no object.");
        }

        metadata.ManagedFields = null;
        return subject;
    }
}
