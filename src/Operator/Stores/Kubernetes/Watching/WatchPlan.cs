using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.Operator.Translation.Gateways;
using Portcullis.Operator.Translation.Routes;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>Which watches there are to be.</summary>
internal sealed class WatchPlan(ClusterWatchOptions options)
{
    // The older one first: both say the same, and a change of version costs a new list.
    private static readonly string[] GrantVersions = ["v1beta1", "v1"];

    /// <summary>The CRD of ReferenceGrant.</summary>
    public static ResourceKey GrantDefinition { get; } = new("", $"{ApiKind.ReferenceGrant.Plural}.{ApiKind.ReferenceGrant.Group}");

    public ImmutableArray<DeclaredGateway> Gateways => options.Gateways;

    /// <summary>Whatever happens. Gateways' default certificates are among them.</summary>
    public ImmutableArray<WatchTarget> Static =>
    [
        .. Everywhere(ApiKind.BackendRoute),
        .. Everywhere(ApiKind.TrustBundle),
        .. Everywhere(ApiKind.Service),
        .. Everywhere(ApiKind.EndpointSlice),
        Definition(ApiKind.BackendRoute),
        Definition(ApiKind.TrustBundle),
        Definition(ApiKind.ReferenceGrant),
        .. options.Gateways.SelectMany(gateway => gateway.Shards.Select(shard =>
            new WatchTarget(TargetRole.Shard, new ObjectSelection(ApiKind.ConfigMap, gateway.Namespace, shard)))),
        .. options.Gateways.Select(PodsOf).OfType<WatchTarget>(),
        .. OwnServices.SelectMany(AddressesOf),
        .. options.Gateways.Select(gateway => gateway.DefaultCertificate).OfType<ResourceKey>().Select(SecretOf),
    ];

    /// <summary>Null for a gateway without a Service.</summary>
    public static WatchTarget? PodsOf(DeclaredGateway gateway) => gateway.Service.Length == 0
        ? null
        : new WatchTarget(TargetRole.GatewayPods, new ObjectSelection(ApiKind.EndpointSlice, gateway.Namespace, Label: $"{SliceOwner.Label}={gateway.Service}"));

    /// <summary>What has to be watched because something refers to this; null when nothing more than what is watched anyway.</summary>
    public static WatchTarget? For(ObjectRef reference) => reference switch
    {
        { Kind: ReferencedObjects.Secret } => SecretOf(reference.Key),
        { Kind: ReferencedObjects.ConfigMap, Key: { Name: "" } all } => new WatchTarget(TargetRole.Resource, new ObjectSelection(ApiKind.ConfigMap, all.Namespace)),
        _ => null,
    };

    /// <summary>Grants in the version that is served.</summary>
    /// <param name="definition">Null when there is none.</param>
    public ImmutableHashSet<WatchTarget> Grants(InstalledDefinition? definition) =>
        definition is { IsEstablished: true } && VersionOf(definition) is { } version ? [.. Everywhere(ApiKind.ReferenceGrant with { Version = version })] : [];

    /// <summary>When the CRD may not be read, only asking for grants themselves tells whether there are any.</summary>
    public ImmutableHashSet<WatchTarget> GrantsUnseen => [.. Everywhere(ApiKind.ReferenceGrant)];

    /// <summary>They may be in namespaces that are not watched, where no route may refer to them.</summary>
    private IEnumerable<ResourceKey> OwnServices => ForbiddenEndpoints.OwnServices(options.OperatorService, options.Gateways);

    public bool IsOutside(string ns) => !options.IsWatched(ns);

    private static IEnumerable<WatchTarget> AddressesOf(ResourceKey service) =>
    [
        new WatchTarget(TargetRole.OwnAddress, new ObjectSelection(ApiKind.Service, service.Namespace, service.Name)),

        // The API server's slice has its Service's name, so that a role may name it; those of others are named by a controller.
        new WatchTarget(TargetRole.OwnAddress, service == ForbiddenEndpoints.ApiServer
            ? new ObjectSelection(ApiKind.EndpointSlice, service.Namespace, service.Name)
            : new ObjectSelection(ApiKind.EndpointSlice, service.Namespace, Label: $"{SliceOwner.Label}={service.Name}")),
    ];

    private static WatchTarget SecretOf(ResourceKey secret) => new(TargetRole.Resource, new ObjectSelection(ApiKind.Secret, secret.Namespace, secret.Name));

    private static WatchTarget Definition(ApiKind kind) =>
        new(TargetRole.Definition, new ObjectSelection(ApiKind.CustomResourceDefinition, Namespace: null, $"{kind.Plural}.{kind.Group}"));

    private static string? VersionOf(InstalledDefinition definition) => GrantVersions.FirstOrDefault(definition.Served.Contains);

    private IEnumerable<WatchTarget> Everywhere(ApiKind kind) => options.WatchNamespaces.IsEmpty
        ? [new WatchTarget(TargetRole.Resource, new ObjectSelection(kind))]
        : options.WatchNamespaces.Distinct(StringComparer.Ordinal).Select(ns => new WatchTarget(TargetRole.Resource, new ObjectSelection(kind, ns)));
}
