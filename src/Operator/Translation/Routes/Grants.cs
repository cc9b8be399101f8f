using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>Which references of BackendRoutes to other namespaces their owners have consented to, after Gateway API's ReferenceGrant.</summary>
internal sealed class Grants(IEnumerable<ReferenceGrant> grants)
{
    private readonly ILookup<string, ReferenceGrantSpec> byNamespace = grants.ToLookup(grant =>
        grant.Metadata.NamespaceProperty ?? "", grant => grant.Spec, StringComparer.Ordinal);

    public bool Permit(string fromNamespace, string group, string kind, ResourceKey target) =>
        fromNamespace == target.Namespace || byNamespace[target.Namespace].Any(grant => IsFrom(grant, fromNamespace) && IsTo(grant, group, kind, target.Name));

    private static bool IsFrom(ReferenceGrantSpec grant, string ns) =>
        grant.From.Any(from => from.Group == BackendRoute.Group && from.Kind == BackendRoute.KindName && from.Namespace == ns);

    // An empty name is how some clients write an absent one.
    private static bool IsTo(ReferenceGrantSpec grant, string group, string kind, string name) =>
        grant.To.Any(to => to.Group == group && to.Kind == kind && (string.IsNullOrEmpty(to.Name) || to.Name == name));
}
