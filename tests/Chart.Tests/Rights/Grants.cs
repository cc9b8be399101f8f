using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.Chart.Tests.Rendered;

namespace Portcullis.Chart.Tests.Rights;

/// <summary>What roles and bindings of a rendering come to.</summary>
internal static class Grants
{
    private const string Aggregation = "rbac.authorization.k8s.io/aggregate-to-";

    /// <summary>Of ServiceAccounts, of roles that wait to be bound, and of users through the roles of Kubernetes that aggregate ours.</summary>
    public static ImmutableArray<Grant> Of(Rendering rendering) =>
    [
        .. Bindings(rendering).SelectMany(binding => Subjects(binding).SelectMany(subject => Rules(RoleOf(rendering, binding), subject, binding.Namespace ?? Grant.Everywhere))),
        .. rendering.OfKind("ClusterRole")
            .Where(role => !rendering.OfKind("ClusterRoleBinding").Any(binding => RoleOf(rendering, binding) == role))
            .SelectMany(Bindable),
    ];

    public static IEnumerable<RenderedObject> Bindings(Rendering rendering) =>
        rendering.Objects.Where(one => one.Kind is "RoleBinding" or "ClusterRoleBinding");

    /// <summary>A binding to a role that is not there grants nothing, and what it was for fails in the cluster.</summary>
    public static RenderedObject RoleOf(Rendering rendering, RenderedObject binding)
    {
        var kind = binding.Json["roleRef"]!["kind"]!.GetValue<string>();
        var name = binding.Json["roleRef"]!["name"]!.GetValue<string>();
        var role = rendering.Objects.SingleOrDefault(one =>
            one.Kind == kind && one.Name == name && (one.Kind == "ClusterRole" || one.Namespace == binding.Namespace));
        Assert.True(role is not null, $"{binding} is to {kind} {name}, which is not there.");

        return role;
    }

    public static IEnumerable<string> Subjects(RenderedObject binding) => binding.Json["subjects"]!.AsArray().Select(subject =>
    {
        Assert.Equal("ServiceAccount", subject!["kind"]!.GetValue<string>());

        return $"{subject["namespace"]!.GetValue<string>()}/{subject["name"]!.GetValue<string>()}";
    });

    private static IEnumerable<Grant> Bindable(RenderedObject role)
    {
        var aggregated = RenderedObject.Map(role.Json["metadata"]!["labels"]).Keys.Where(label => label.StartsWith(Aggregation, StringComparison.Ordinal)).ToArray();

        return aggregated.Length > 0
            ? aggregated.SelectMany(label => Rules(role, $"users with role {label[Aggregation.Length..]}", "where they have it"))
            : Rules(role, $"whoever is bound to {role.Name}", "where it is bound");
    }

    private static IEnumerable<Grant> Rules(RenderedObject role, string who, string where) => role.Json["rules"]!.AsArray().SelectMany(rule => Rule(rule!.AsObject(), who, where));

    private static IEnumerable<Grant> Rule(JsonObject rule, string who, string where)
    {
        var names = RenderedObject.Texts(rule["resourceNames"]);
        var verbs = RenderedObject.Texts(rule["verbs"]);

        return RenderedObject.Texts(rule["apiGroups"])
            .SelectMany(apiGroup => RenderedObject.Texts(rule["resources"]).Select(resource => Qualified(resource, apiGroup)))
            .Select(resource => new Grant(who, where, resource, names, verbs));
    }

    private static string Qualified(string resource, string apiGroup) => apiGroup.Length == 0
        ? resource
        : string.Join('/', resource.Split('/').Select((part, place) => place == 0 ? $"{part}.{apiGroup}" : part));
}
