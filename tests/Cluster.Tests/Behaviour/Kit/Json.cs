using System.Text.Json;
using System.Text.Json.Nodes;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>Objects of the API as tests write and read them.</summary>
internal static class Json
{
    public static JsonObject Parse(string text) => (JsonObject)JsonNode.Parse(text)!;

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var field in path)
        {
            node = (node as JsonObject)?[field];
        }

        return node;
    }

    /// <summary>Empty when it is not there.</summary>
    public static string Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    public static IReadOnlyList<JsonNode> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray items ? [.. items.OfType<JsonNode>()] : [];

    public static string Version(this JsonNode? node) => node.Text("metadata", "resourceVersion");

    public static string Uid(this JsonNode? node) => node.Text("metadata", "uid");

    public static string Name(this JsonNode? node) => node.Text("metadata", "name");

    public static long Generation(this JsonNode? node) => node.At("metadata", "generation")!.GetValue<long>();

    public static IEnumerable<string> Names(this JsonNode? list) => list.Items("items").Select(item => item.Name());

    /// <summary>A changed copy.</summary>
    public static JsonObject With(this JsonObject node, Action<JsonObject> change)
    {
        var copy = (JsonObject)node.DeepClone();
        change(copy);
        return copy;
    }
}
