using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>What the server refuses in roles and their bindings.</summary>
internal static class RbacChecks
{
    private const string Group = "rbac.authorization.k8s.io";

    public static IEnumerable<FieldFault> OfRole(JsonObject role, JsonObject? before)
    {
        if (role["aggregationRule"] is not null)
        {
            throw Failures.NotImplemented("ClusterRoles that are put together from others (aggregationRule)");
        }

        foreach (var (rule, index) in role.Items("rules").Select((rule, index) => (rule, index)))
        {
            if (!rule.Items("verbs").Any())
            {
                yield return FieldFault.Required($"rules[{index}].verbs", "verbs must contain at least one value");
            }

            if (rule.Items("nonResourceURLs").Any())
            {
                if (role.Text("kind") == "Role")
                {
                    yield return FieldFault.Invalid($"rules[{index}].nonResourceURLs", rule.At("nonResourceURLs")!.ToJsonString(), "namespaced rules cannot apply to non-resource URLs");
                }

                continue;
            }

            if (!rule.Items("apiGroups").Any())
            {
                yield return FieldFault.Required($"rules[{index}].apiGroups", "resource rules must supply at least one api group");
            }

            if (!rule.Items("resources").Any())
            {
                yield return FieldFault.Required($"rules[{index}].resources", "resource rules must supply at least one resource");
            }
        }
    }

    public static void CompleteBinding(JsonObject binding)
    {
        binding.Open("roleRef").Fill("apiGroup", Group);
        foreach (var subject in binding.Items("subjects").OfType<JsonObject>().Where(subject => subject.Text("kind") is "User" or "Group"))
        {
            subject.Fill("apiGroup", Group);
        }
    }

    public static IEnumerable<FieldFault> OfBinding(JsonObject binding, JsonObject? before)
    {
        var role = binding.Text("roleRef", "kind");
        var isCluster = binding.Text("kind") == "ClusterRoleBinding";

        if (role != "ClusterRole" && (isCluster || role != "Role"))
        {
            yield return FieldFault.Unsupported("roleRef.kind", role, isCluster ? ["ClusterRole"] : ["ClusterRole", "Role"]);
        }

        if (binding.Text("roleRef", "name").Length == 0)
        {
            yield return FieldFault.Required("roleRef.name");
        }

        if (before is not null && !JsonNode.DeepEquals(before["roleRef"], binding["roleRef"]))
        {
            yield return FieldFault.Invalid("roleRef", binding["roleRef"]!.ToJsonString(), "cannot change roleRef");
        }

        foreach (var (subject, index) in binding.Items("subjects").Select((subject, index) => (subject, index)))
        {
            if (subject.Text("kind") is not ("User" or "Group" or "ServiceAccount"))
            {
                yield return FieldFault.Unsupported($"subjects[{index}].kind", subject.Text("kind"), "Group", "ServiceAccount", "User");
            }

            if (subject.Text("kind") == "ServiceAccount" && subject.Text("namespace").Length == 0)
            {
                yield return FieldFault.Required($"subjects[{index}].namespace");
            }
        }
    }
}
