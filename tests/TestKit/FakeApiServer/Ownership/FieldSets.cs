using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>Which fields an applied configuration lays claim to.</summary>
internal static class FieldSets
{
    public static FieldSet Of(JsonObject configuration, FieldShape shape)
    {
        var paths = new List<string>();
        Collect(configuration, shape, "", paths);
        return FieldSet.Of(paths);
    }

    private static void Collect(JsonNode? value, FieldShape shape, string path, List<string> paths)
    {
        if (value is null || shape.IsLeaf || value is not (JsonObject or JsonArray))
        {
            paths.Add(path);
            return;
        }

        foreach (var (element, child, childShape) in Items.Of(value, shape))
        {
            var childPath = FieldSet.Below(path, element);
            Collect(child, childShape, childPath, paths);

            // An item of a list, an entry of a map and an empty object are claimed themselves; a struct only through its fields.
            if (value is JsonArray || shape.Kind == ShapeKind.Map || child is JsonObject { Count: 0 })
            {
                paths.Add(childPath);
            }
        }
    }
}
