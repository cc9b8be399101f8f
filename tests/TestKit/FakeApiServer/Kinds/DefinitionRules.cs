using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Kinds;

/// <summary>What the server fills into definitions of custom resources, and what it refuses in them.</summary>
internal static class DefinitionRules
{
    public static void Complete(JsonObject definition)
    {
        var names = definition.Open("spec").Open("names");
        names.Fill("singular", names.Text("kind").ToLowerInvariant());
        names.Fill("listKind", $"{names.Text("kind")}List");
        definition.Open("spec").Fill("conversion", new JsonObject { ["strategy"] = "None" });
    }

    public static IEnumerable<FieldFault> Check(JsonObject definition, JsonObject? before)
    {
        var (group, plural) = (definition.Text("spec", "group"), definition.Text("spec", "names", "plural"));

        if (definition.Text("metadata", "name") != $"{plural}.{group}")
        {
            yield return FieldFault.Invalid("metadata.name", $"\"{definition.Text("metadata", "name")}\"", "must be spec.names.plural+\".\"+spec.group");
        }

        if (definition.Text("spec", "scope") is not ("Cluster" or "Namespaced") and var scope)
        {
            yield return FieldFault.Unsupported("spec.scope", scope, "Cluster", "Namespaced");
        }

        if (definition.Items("spec", "versions").Count(version => version.Flag("storage")) != 1)
        {
            yield return FieldFault.Invalid("spec.versions", "", "must have exactly one version marked as storage version");
        }

        if (before is not null && before.Text("spec", "scope") != definition.Text("spec", "scope"))
        {
            yield return FieldFault.Invalid("spec.scope", $"\"{definition.Text("spec", "scope")}\"", "field is immutable");
        }
    }
}
