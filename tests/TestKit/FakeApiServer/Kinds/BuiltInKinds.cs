using System.Collections.Immutable;
using k8s.Models;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>The built-in kinds that are served.</summary>
internal static class BuiltInKinds
{
    private const string Rbac = "rbac.authorization.k8s.io";

    public static ImmutableArray<ResourceKind> All { get; } =
    [
        Core<V1Namespace>("Namespace", "namespaces", "ns") with
        {
            Namespaced = false, HasStatus = true, Complete = CoreDefaults.OfNamespace,
        },
        Core<V1ConfigMap>("ConfigMap", "configmaps", "cm") with { Check = CoreChecks.OfConfigMap },
        Core<V1Secret>("Secret", "secrets") with { Complete = CoreDefaults.OfSecret, Check = CoreChecks.OfSecret },
        Core<V1Service>("Service", "services", "svc") with { HasStatus = true, Complete = CoreDefaults.OfService, Check = CoreChecks.OfService },
        Core<V1Pod>("Pod", "pods", "po") with { HasStatus = true, CountsGenerations = true, Complete = CoreDefaults.OfPod, Check = CoreChecks.OfPod },
        Core<V1ServiceAccount>("ServiceAccount", "serviceaccounts", "sa"),
        Core<Corev1Event>("Event", "events", "ev") with
        {
            AllowsCreateOnUpdate = true, Storage = Events.Storage, FromStorage = Events.ToCore, ToStorage = Events.FromCore,
            Complete = Events.CompleteCore, Check = Events.CheckCore,
        },
        Of<Eventsv1Event>("events.k8s.io", "Event", "events") with
        {
            ShortNames = ["ev"], AllowsCreateOnUpdate = true, Storage = Events.Storage, Check = Events.Check,
        },
        Of<V1EndpointSlice>("discovery.k8s.io", "EndpointSlice", "endpointslices") with
        {
            CountsGenerations = true, Complete = CoreDefaults.OfEndpointSlice, Check = CoreChecks.OfEndpointSlice,
        },
        Of<V1Lease>("coordination.k8s.io", "Lease", "leases") with
        {
            AllowsUnconditionalUpdate = false, AllowsCreateOnUpdate = true, Check = CoreChecks.OfLease,
        },
        Of<V1TokenReview>("authentication.k8s.io", "TokenReview", "tokenreviews") with { Namespaced = false, IsVirtual = true },
        Of<V1CustomResourceDefinition>("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions") with
        {
            ShortNames = ["crd", "crds"], Namespaced = false, HasStatus = true, CountsGenerations = true, AllowsUnconditionalUpdate = false,
            Complete = DefinitionRules.Complete, Check = DefinitionRules.Check,
        },
        Of<V1Role>(Rbac, "Role", "roles") with { Check = RbacChecks.OfRole },
        Of<V1ClusterRole>(Rbac, "ClusterRole", "clusterroles") with { Namespaced = false, Check = RbacChecks.OfRole },
        Of<V1RoleBinding>(Rbac, "RoleBinding", "rolebindings") with { Complete = RbacChecks.CompleteBinding, Check = RbacChecks.OfBinding },
        Of<V1ClusterRoleBinding>(Rbac, "ClusterRoleBinding", "clusterrolebindings") with
        {
            Namespaced = false, Complete = RbacChecks.CompleteBinding, Check = RbacChecks.OfBinding,
        },
    ];

    /// <summary>Groups that a real server has and this one does not: asking for them is no mistake of the caller.</summary>
    public static ImmutableHashSet<string> UnservedGroups { get; } =
    [
        "apps", "batch", "networking.k8s.io", "policy", "autoscaling", "storage.k8s.io", "scheduling.k8s.io", "admissionregistration.k8s.io",
        "apiregistration.k8s.io", "certificates.k8s.io", "flowcontrol.apiserver.k8s.io", "node.k8s.io", "authorization.k8s.io", "resource.k8s.io",
    ];

    /// <summary>Core kinds that a real server has and this one does not.</summary>
    public static ImmutableHashSet<string> UnservedCore { get; } =
    [
        "bindings", "componentstatuses", "endpoints", "limitranges", "nodes", "persistentvolumeclaims", "persistentvolumes", "podtemplates",
        "replicationcontrollers", "resourcequotas",
    ];

    private static ResourceKind Core<T>(string kind, string plural, params ImmutableArray<string> shortNames) => Of<T>("", kind, plural) with { ShortNames = shortNames };

    private static ResourceKind Of<T>(string group, string kind, string plural) => new()
    {
        Group = group,
        Version = "v1",
        Kind = kind,
        Plural = plural,
        Singular = kind.ToLowerInvariant(),
        Namespaced = true,
        Storage = $"{group}/{plural}",
        Shape = ModelShapes.Of<T>(),
    };
}
