using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>The shapes of built-in kinds, read from the client library's own models; what the models do not say about lists is said here.</summary>
internal static class ModelShapes
{
    private static readonly ConcurrentDictionary<Type, FieldShape> Known = new();

    // Kubernetes' own declarations (x-kubernetes-list-type and -map-keys) of the lists that are not atomic.
    private static readonly ImmutableDictionary<(Type, string), (ListKind List, ImmutableArray<string> Keys)> Lists =
        new Dictionary<(Type, string), (ListKind, ImmutableArray<string>)>
        {
            [(typeof(V1ObjectMeta), "finalizers")] = (ListKind.Set, []),
            [(typeof(V1ObjectMeta), "ownerReferences")] = (ListKind.Map, ["uid"]),
            [(typeof(V1ServiceSpec), "ports")] = (ListKind.Map, ["port", "protocol"]),
            [(typeof(V1ServiceStatus), "conditions")] = (ListKind.Map, ["type"]),
            [(typeof(V1NamespaceStatus), "conditions")] = (ListKind.Map, ["type"]),
            [(typeof(V1ServiceAccount), "secrets")] = (ListKind.Map, ["name"]),
            [(typeof(V1ServiceAccount), "imagePullSecrets")] = (ListKind.Map, ["name"]),
            [(typeof(V1PodSpec), "containers")] = (ListKind.Map, ["name"]),
            [(typeof(V1PodSpec), "initContainers")] = (ListKind.Map, ["name"]),
            [(typeof(V1PodSpec), "volumes")] = (ListKind.Map, ["name"]),
            [(typeof(V1PodSpec), "imagePullSecrets")] = (ListKind.Map, ["name"]),
            [(typeof(V1Container), "env")] = (ListKind.Map, ["name"]),
            [(typeof(V1Container), "ports")] = (ListKind.Map, ["containerPort", "protocol"]),
            [(typeof(V1Container), "volumeMounts")] = (ListKind.Map, ["mountPath"]),
            [(typeof(V1PodStatus), "conditions")] = (ListKind.Map, ["type"]),
            [(typeof(V1PodStatus), "podIPs")] = (ListKind.Map, ["ip"]),
            [(typeof(V1CustomResourceDefinitionStatus), "conditions")] = (ListKind.Map, ["type"]),
        }.ToImmutableDictionary();

    private static readonly ImmutableHashSet<Type> AtomicObjects =
    [
        typeof(V1LabelSelector), typeof(V1ObjectReference), typeof(V1RoleRef), typeof(V1SecretKeySelector), typeof(V1ConfigMapKeySelector),
        typeof(V1ObjectFieldSelector), typeof(V1LocalObjectReference), typeof(V1TypedLocalObjectReference), typeof(V1NodeSelector),
    ];

    private static readonly ImmutableHashSet<(Type, string)> AtomicMaps = [(typeof(V1ServiceSpec), "selector"), (typeof(V1PodSpec), "nodeSelector")];

    private static readonly ImmutableHashSet<(Type, string)> MicroTimes =
    [
        (typeof(V1LeaseSpec), "acquireTime"), (typeof(V1LeaseSpec), "renewTime"),
        (typeof(Eventsv1Event), "eventTime"), (typeof(Eventsv1EventSeries), "lastObservedTime"),
        (typeof(Corev1Event), "eventTime"), (typeof(Corev1EventSeries), "lastObservedTime"),
    ];

    private static readonly ImmutableDictionary<Type, ScalarKind> Scalars = new Dictionary<Type, ScalarKind>
    {
        [typeof(string)] = ScalarKind.Text,
        [typeof(int)] = ScalarKind.Integer,
        [typeof(long)] = ScalarKind.Integer,
        [typeof(double)] = ScalarKind.Number,
        [typeof(bool)] = ScalarKind.Boolean,
        [typeof(DateTime)] = ScalarKind.Time,
        [typeof(byte[])] = ScalarKind.Bytes,
        [typeof(IntOrString)] = ScalarKind.IntegerOrText,
        [typeof(ResourceQuantity)] = ScalarKind.Quantity,
    }.ToImmutableDictionary();

    public static FieldShape Of<T>() => Of(typeof(T));

    private static FieldShape Of(Type type) => Known.GetOrAdd(type, Make);

    private static FieldShape Make(Type type)
    {
        if (Scalars.TryGetValue(type, out var scalar))
        {
            return FieldShape.OfScalar(scalar);
        }

        // JSON of any form, such as a default in a schema.
        return type == typeof(object) || type.Namespace != typeof(V1ObjectMeta).Namespace
            ? FieldShape.Anything
            : FieldShape.OfObject(() => Fields(type), AtomicObjects.Contains(type));
    }

    private static IEnumerable<KeyValuePair<string, FieldShape>> Fields(Type model) =>
        from property in model.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
        where name is not null
        select KeyValuePair.Create(name, Field(model, name, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType));

    private static FieldShape Field(Type model, string name, Type type)
    {
        if (MicroTimes.Contains((model, name)))
        {
            return FieldShape.OfScalar(ScalarKind.MicroTime);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>))
        {
            return FieldShape.OfMap(() => Of(type.GetGenericArguments()[1]), AtomicMaps.Contains((model, name)));
        }

        if (type != typeof(byte[]) && type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var (list, keys) = Lists.GetValueOrDefault((model, name), (ListKind.Atomic, []));
            return FieldShape.OfList(() => Of(type.GetGenericArguments()[0]), list, keys);
        }

        return Of(type);
    }
}
