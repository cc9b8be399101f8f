using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>The words of what can be wrong with a BackendRoute's references.</summary>
internal static class RouteProblems
{
    public static Problem Invalid(string field, string message) => new(ProblemReason.InvalidValue, field, message);

    public static Problem NotADuration(string field, string value) =>
        Invalid(field, $"'{value}' is not a usable duration. Write numbers with the units h, m, s or ms, such as 30s or 1m30s.");

    public static Problem Unsupported(string field, string what, string remedy) =>
        new(ProblemReason.UnsupportedValue, field, $"{what} not supported by this version. {remedy}");

    /// <summary>The route itself cannot be read.</summary>
    public static Problem Unread(Unread unread) => new(
        ProblemReason.UnsupportedValue,
        unread.Field,
        $"{unread.Fault.Message} Until then "
        + (unread.StandIn == StandIn.LastGood
            ? "the last version that could be read serves on."
            : "gateways that hold an earlier version of it serve that, and others answer 503 under its hostnames."));

    public static Problem BundleNotFound(string field, ResourceKey bundle, IEnumerable<ResourceKey> existing) => new(
        ProblemReason.TrustBundleNotFound,
        field,
        $"TrustBundle '{bundle.Name}' does not exist in namespace '{bundle.Namespace}'. Create it{Listed(existing)}.");

    public static Problem BundleNotUsable(string field, ResourceKey bundle) => new(
        ProblemReason.TrustBundleNotUsable,
        field,
        $"Nothing of TrustBundle '{bundle.Name}' in namespace '{bundle.Namespace}' is in force, so no backend can be verified against it. "
        + "Look at its status, which says what to do.");

    public static Problem BundleNotRead(string field, ResourceKey bundle) =>
        ReadFaults.NotRead(field, $"What TrustBundle '{bundle.Name}' in namespace '{bundle.Namespace}' holds has not been read yet; its status says more.");

    /// <summary>The same words whether the target exists or not: who has no grant learns nothing about another namespace (P10).</summary>
    public static Problem NotPermitted(string field, string kind, string group, ResourceKey target, string fromNamespace, string? grantsUnread = null) => new(
        ProblemReason.ReferenceNotPermitted,
        field,
        $"{kind} '{target.Name}' of namespace '{target.Namespace}' cannot be used from namespace '{fromNamespace}': "
        + "it does not exist, or no ReferenceGrant there permits it. "
        + $"Ask its owner for a ReferenceGrant from {BackendRoute.KindName} ({BackendRoute.Group}) in '{fromNamespace}' "
        + $"to {kind}{(group.Length == 0 ? "" : $" ({group})")}.{(grantsUnread is null ? "" : $" {grantsUnread}")}");

    public static Problem KindNotUsable(string field, CaCertificateRef reference) => new(
        ProblemReason.InvalidKind,
        field,
        $"'{reference.Kind}' of group '{reference.Group}' cannot be trusted directly. "
        + $"Name a {TrustBundle.KindName} of group {TrustBundle.Group}; ConfigMaps and Secrets are sources of one.");

    public static Problem ServiceNotFound(string field, ResourceKey service) => new(
        ProblemReason.ServiceNotFound,
        field,
        $"Service '{service.Name}' does not exist in namespace '{service.Namespace}'. Create it, or correct the name.");

    public static Problem ServicePortNotFound(string field, ResourceKey service, int port, IEnumerable<int> existing) => new(
        ProblemReason.ServicePortNotFound,
        field,
        $"Service '{service.Name}' has no TCP port {port}"
        + $"{(existing.Any() ? $" (it has: {string.Join(", ", existing)})" : "")}. Name a port of its spec.ports.");

    public static Problem ExternalName(string field, ResourceKey service) => Unsupported(
        field,
        $"Service '{service.Name}' is of type ExternalName, which is",
        "Name the host in endpoints[].hostname instead.");

    public static Problem GatewayNotDeclared(string field, string gateway, IEnumerable<string> declared) => new(
        ProblemReason.GatewayNotDeclared,
        field,
        $"No gateway '{gateway}' is declared"
        + $"{(declared.Any() ? $" (there are: {string.Join(", ", declared.Order(StringComparer.Ordinal))})" : "")}. "
        + "Correct the name, or have it declared in the operator's options.");

    public static Problem GatewayNotAllowed(string field, string gateway, string ns) => new(
        ProblemReason.GatewayNotAllowed,
        field,
        $"Gateway '{gateway}' does not take routes of namespace '{ns}'. Name another gateway, or have the namespace admitted in the gateway's declaration.");

    /// <summary>Nothing is said of the owner: another namespace's routes are its own affair.</summary>
    public static Problem HostnameConflicted(string field, string hostname, string gateway) => new(
        ProblemReason.HostnameConflicted,
        field,
        $"Hostname '{hostname}' on gateway '{gateway}' belongs to another namespace, where the oldest route that claims it is. "
        + "This route serves its other hostnames, if it has any. Choose another hostname.");

    /// <summary>Who may is not said: another namespace's rights are its own affair.</summary>
    public static Problem DomainNotAllowed(string field, string hostname, string domain, string ns) => new(
        ProblemReason.DomainNotAllowed,
        field,
        $"Hostname '{hostname}' lies under the domain '{domain}', which routes of namespace '{ns}' may not claim. "
        + "This route serves its other hostnames, if it has any. "
        + $"Choose another hostname, or ask whoever runs the operator to add '{ns}' to the namespaces of '{domain}' in its option domains.");

    public static Problem NoBackendTakesRequests(string field) => new(
        ProblemReason.NoBackendTakesRequests,
        field,
        "Every backend has the weight 0, so no request of this rule can be sent anywhere. Give at least one a weight above 0.");

    private static string Listed(IEnumerable<ResourceKey> existing)
    {
        var names = existing.Select(key => key.Name).Order(StringComparer.Ordinal).Take(10).ToList();
        return names.Count == 0 ? "" : $", or name one that exists there ({string.Join(", ", names)})";
    }
}
