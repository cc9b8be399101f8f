using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Serving;

/// <summary>What the server has: groups, versions, kinds and their verbs.</summary>
internal static class Discovery
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public static ApiAnswer Answer(ApiCall call, ApiState state)
    {
        var answer = call.Context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["version"] => Version(),
            ["api"] => new JsonObject
            {
                ["kind"] = "APIVersions",
                ["versions"] = new JsonArray("v1"),
                ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = call.Context.Request.Headers.Host.ToString() }),
            },
            ["apis"] => new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["apiVersion"] = "v1",
                ["groups"] = new JsonArray([.. state.Kinds.Groups.Select(group => Group(group, state.Kinds))]),
            },
            ["apis", var group] when state.Kinds.Groups.Contains(group) => Group(group, state.Kinds),
            ["api", "v1"] => Resources("", "v1", state.Kinds),
            ["apis", var group, var version] when state.Kinds.Of(group, version).Any() => Resources(group, version, state.Kinds),
            ["openapi", "v3", .. var path] => OpenApi.Answer(path, state.Kinds),
            _ => null,
        };

        return (answer, call.Request.Path) switch
        {
            (not null, _) => ApiAnswer.Of(200, answer),
            (null, "/healthz" or "/livez" or "/readyz") => ApiAnswer.Healthy,
            _ => ApiAnswer.PageNotFound,
        };
    }

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "36",
        ["gitVersion"] = "v1.36.0",
        ["gitCommit"] = "0000000000000000000000000000000000000000",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2026-04-22T00:00:00Z",
        ["goVersion"] = "go1.26.0",
        ["compiler"] = "gc",
        ["platform"] = "linux/amd64",
    };

    private static JsonObject Group(string group, KindTable kinds)
    {
        JsonObject[] versions =
        [
            .. kinds.All.Where(kind => kind.Group == group).Select(kind => kind.Version).Distinct()
                .Select(version => new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version }),
        ];

        return new JsonObject
        {
            ["kind"] = "APIGroup",
            ["apiVersion"] = "v1",
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions]),
            ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private static JsonObject Resources(string group, string version, KindTable kinds) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
        ["resources"] = new JsonArray([.. kinds.Of(group, version).SelectMany(Resources)]),
    };

    private static IEnumerable<JsonObject> Resources(ResourceKind kind)
    {
        yield return Resource(kind, kind.Plural, kind.Kind, kind.IsVirtual ? ["create"] : Verbs);
        if (kind.HasStatus)
        {
            yield return Resource(kind, $"{kind.Plural}/status", kind.Kind, ["get", "patch", "update"]);
        }

        if (kind.Kind == "ServiceAccount")
        {
            yield return Resource(kind, "serviceaccounts/token", "TokenRequest", ["create"]);
        }
    }

    private static JsonObject Resource(ResourceKind kind, string name, string kindName, string[] verbs)
    {
        var isWhole = name == kind.Plural;
        var resource = new JsonObject
        {
            ["name"] = name,
            ["singularName"] = isWhole ? kind.Singular : "",
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kindName,
            ["verbs"] = List(verbs),
        };
        if (isWhole && !kind.ShortNames.IsEmpty)
        {
            resource["shortNames"] = List(kind.ShortNames);
        }

        if (isWhole && !kind.Categories.IsEmpty)
        {
            resource["categories"] = List(kind.Categories);
        }

        return resource;
    }

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
