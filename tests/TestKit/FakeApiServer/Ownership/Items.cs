using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>The children of a value by the element of the path that leads to each.</summary>
internal static class Items
{
    public static IEnumerable<(string Element, JsonNode? Value, FieldShape Shape)> Of(JsonNode? value, FieldShape shape) => value switch
    {
        JsonObject fields => fields.Select(field => ($"f:{field.Key}", field.Value, shape.Of(field.Key) ?? FieldShape.Anything)),
        JsonArray items when shape.Element is { } element => items.Select(item => (ElementOf(item, shape), item, element)),
        _ => [],
    };

    public static string ElementOf(JsonNode? item, FieldShape list)
    {
        if (list.List == ListKind.Set)
        {
            return $"v:{item?.ToJsonString()}";
        }

        var keys = new JsonObject();
        foreach (var key in list.Keys.Order(StringComparer.Ordinal))
        {
            // The one key that Kubernetes gives a default to.
            keys[key] = item.At(key)?.DeepClone() ?? (key == "protocol" ? "TCP" : null);
        }

        return $"k:{keys.ToJsonString()}";
    }
}
