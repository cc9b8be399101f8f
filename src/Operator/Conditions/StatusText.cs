using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Text;

namespace Portcullis.Operator.Conditions;

/// <summary>Statuses as <c>operator translate</c> prints them.</summary>
public static class StatusText
{
    public static string Yaml(ImmutableArray<ResourceStatus> statuses) => YamlText.Of(Json(statuses));

    public static JsonArray Json(ImmutableArray<ResourceStatus> statuses) => new([.. statuses.Select(Json)]);

    private static JsonNode Json(ResourceStatus status) => status switch
    {
        ResourceStatus.OfRoute route => Json(BackendRoute.KindName, route, JsonSerializer.SerializeToNode(route.Status, ResourceJson.Strict)),
        ResourceStatus.OfBundle bundle => Json(TrustBundle.KindName, bundle, JsonSerializer.SerializeToNode(bundle.Status, ResourceJson.Strict)),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a kind of status."),
    };

    private static JsonObject Json(string kind, ResourceStatus status, JsonNode? content) => new()
    {
        ["kind"] = kind,
        ["key"] = status.Key.ToString(),
        ["status"] = content,
    };
}
