namespace Portcullis.Operator.Cluster;

/// <summary>A kind of object as the API server addresses it.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">Such as <c>v1</c>.</param>
/// <param name="Plural">Such as <c>configmaps</c>.</param>
/// <param name="Name">Such as <c>ConfigMap</c>.</param>
internal sealed record ApiKind(string Group, string Version, string Plural, string Name)
{
    public static ApiKind BackendRoute { get; } = new("portcullis.dev", "v1alpha1", "backendroutes", "BackendRoute");

    public static ApiKind TrustBundle { get; } = new("portcullis.dev", "v1alpha1", "trustbundles", "TrustBundle");

    public static ApiKind ConfigMap { get; } = new("", "v1", "configmaps", "ConfigMap");

    public static ApiKind Secret { get; } = new("", "v1", "secrets", "Secret");

    public static ApiKind Service { get; } = new("", "v1", "services", "Service");

    public static ApiKind Pod { get; } = new("", "v1", "pods", "Pod");

    public static ApiKind EndpointSlice { get; } = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");

    public static ApiKind ReferenceGrant { get; } = new("gateway.networking.k8s.io", "v1beta1", "referencegrants", "ReferenceGrant");

    public static ApiKind CustomResourceDefinition { get; } = new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition");

    public static ApiKind Lease { get; } = new("coordination.k8s.io", "v1", "leases", "Lease");

    public static ApiKind TokenReview { get; } = new("authentication.k8s.io", "v1", "tokenreviews", "TokenReview");

    public static ApiKind Event { get; } = new("events.k8s.io", "v1", "events", "Event");

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>All of it, or all of it in one namespace; the path of a request without its query.</summary>
    public string Path(string? ns = null) =>
        (Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}") + (ns is null ? "" : $"/namespaces/{Uri.EscapeDataString(ns)}") + $"/{Plural}";

    /// <param name="ns">Null for a kind without namespaces.</param>
    /// <param name="name">Of the object.</param>
    /// <param name="subresource">Such as <c>status</c>; null for the object itself.</param>
    public string Path(string? ns, string name, string? subresource = null) =>
        $"{Path(ns)}/{Uri.EscapeDataString(name)}{(subresource is null ? "" : $"/{subresource}")}";
}
