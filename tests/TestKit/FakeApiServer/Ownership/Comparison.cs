using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>Which fields differ between two states of an object.</summary>
internal sealed record Comparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    public FieldSet Written => Added.Union(Modified);

    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    public static Comparison Of(JsonObject before, JsonObject after, FieldShape shape)
    {
        var (added, modified, removed) = (new List<string>(), new List<string>(), new List<string>());
        Compare(before, after, shape, "");
        return new Comparison(FieldSet.Of(added), FieldSet.Of(modified), FieldSet.Of(removed));

        void Compare(JsonNode? left, JsonNode? right, FieldShape inner, string path)
        {
            if (path.Length > 0 && (left is null) != (right is null))
            {
                (left is null ? added : removed).Add(path);
            }

            if (inner.IsLeaf || (left ?? right) is not (JsonObject or JsonArray))
            {
                if (left is not null && right is not null && !JsonNode.DeepEquals(left, right))
                {
                    modified.Add(path);
                }

                return;
            }

            // Twice the same key cannot be stored; the last one wins here as everywhere.
            var ofLeft = ByElement(left, inner);
            var ofRight = ByElement(right, inner);
            foreach (var element in ofLeft.Keys.Union(ofRight.Keys))
            {
                var (leftChild, childShape) = ofLeft.GetValueOrDefault(element);
                var (rightChild, rightShape) = ofRight.GetValueOrDefault(element);
                Compare(leftChild, rightChild, childShape ?? rightShape!, FieldSet.Below(path, element));
            }
        }
    }

    private static Dictionary<string, (JsonNode? Value, FieldShape Shape)> ByElement(JsonNode? value, FieldShape shape)
    {
        var items = new Dictionary<string, (JsonNode?, FieldShape)>(StringComparer.Ordinal);
        foreach (var (element, child, childShape) in Items.Of(value, shape))
        {
            items[element] = (child, childShape);
        }

        return items;
    }
}
