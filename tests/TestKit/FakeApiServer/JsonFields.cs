using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer;

/// <summary>Reads fields of JSON that may not be there.</summary>
internal static class JsonFields
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var field in path)
        {
            node = (node as JsonObject)?[field];
        }

        return node;
    }

    /// <summary>Empty when it is not there or no text.</summary>
    public static string Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number && long.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    public static IEnumerable<JsonNode> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray items ? items.OfType<JsonNode>() : [];

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) => node.Items(path).Select(item => item.Text());

    /// <summary>The object in this field, which is made when it is missing.</summary>
    public static JsonObject Open(this JsonObject node, string field)
    {
        if (node[field] is not JsonObject inner)
        {
            node[field] = inner = [];
        }

        return inner;
    }

    /// <summary>Gives a field its default.</summary>
    public static void Fill(this JsonObject node, string field, JsonNode value)
    {
        if (node[field] is null)
        {
            node[field] = value;
        }
    }

    /// <summary>Takes a field from another object: also its absence.</summary>
    public static void Take(this JsonObject node, string field, JsonObject? from)
    {
        node.Remove(field);
        if (from?[field] is { } value)
        {
            node[field] = value.DeepClone();
        }
    }
}
