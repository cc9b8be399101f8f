using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Serving;

/// <summary>
/// As much of OpenAPI v3 as kubectl asks for before it applies something: that the server itself validates fields. The schemas are not in it.
/// </summary>
internal static class OpenApi
{
    /// <returns>Null when there is no such document.</returns>
    public static JsonObject? Answer(ReadOnlySpan<string> path, KindTable kinds) => path switch
    {
        [] => Index(kinds),
        ["api", var version] => Document(kinds.Of("", version)),
        ["apis", var group, var version] => Document(kinds.Of(group, version)),
        _ => null,
    };

    private static JsonObject Index(KindTable kinds)
    {
        var paths = new JsonObject();
        foreach (var path in kinds.All.Select(kind => kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.ApiVersion}").Distinct())
        {
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    private static JsonObject? Document(IEnumerable<ResourceKind> kinds)
    {
        var paths = new JsonObject();
        foreach (var kind in kinds)
        {
            var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.ApiVersion}";
            paths[$"{root}/{(kind.Namespaced ? "namespaces/{namespace}/" : "")}{kind.Plural}/{{name}}"] = new JsonObject { ["patch"] = Patch(kind) };
        }

        return paths.Count == 0 ? null : new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.36.0" },
            ["paths"] = paths,
        };
    }

    private static JsonObject Patch(ResourceKind kind) => new()
    {
        ["parameters"] = new JsonArray([.. new[] { "dryRun", "fieldManager", "fieldValidation" }.Select(Parameter)]),
        ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind },
    };

    private static JsonObject Parameter(string name) => new()
    {
        ["name"] = name,
        ["in"] = "query",
        ["schema"] = new JsonObject { ["type"] = "string" },
    };
}
