using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>Puts one value into another as their shape says: leaves are replaced, objects and keyed lists are merged item by item.</summary>
internal static class Merging
{
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, FieldShape shape)
    {
        if (applied is null || live is null || shape.IsLeaf)
        {
            return (applied ?? live)?.DeepClone();
        }

        return (live, applied) switch
        {
            (JsonObject ours, JsonObject theirs) => MergeObject(ours, theirs, shape),
            (JsonArray ours, JsonArray theirs) => MergeList(ours, theirs, shape),
            _ => applied.DeepClone(),
        };
    }

    /// <summary>Removes what a path leads to, if it is there.</summary>
    public static void Remove(JsonNode? from, FieldShape shape, ReadOnlySpan<string> path)
    {
        var (element, isLast) = (path[0], path.Length == 1);

        if (from is JsonObject fields && element.StartsWith("f:", StringComparison.Ordinal))
        {
            if (isLast)
            {
                fields.Remove(element[2..]);
                return;
            }

            Remove(fields[element[2..]], shape.Of(element[2..]) ?? FieldShape.Anything, path[1..]);
        }
        else if (from is JsonArray items && items.FirstOrDefault(item => Items.ElementOf(item, shape) == element) is { } found)
        {
            if (isLast)
            {
                items.Remove(found);
                return;
            }

            Remove(found, shape.Element ?? FieldShape.Anything, path[1..]);
        }
    }

    private static JsonObject MergeObject(JsonObject live, JsonObject applied, FieldShape shape)
    {
        var merged = (JsonObject)live.DeepClone();
        foreach (var (field, value) in applied)
        {
            merged[field] = Merge(live[field], value, shape.Of(field) ?? FieldShape.Anything);
        }

        return merged;
    }

    /// <summary>Items of both come in the order in which they are applied, and those that only live keep their place between them.</summary>
    private static JsonArray MergeList(JsonArray live, JsonArray applied, FieldShape shape)
    {
        var ours = live.ToLookup(item => Items.ElementOf(item, shape), StringComparer.Ordinal);
        var theirs = applied.Select(item => Items.ElementOf(item, shape)).ToHashSet(StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var merged = new JsonArray();
        var (left, right) = (0, 0);

        while (left < live.Count || right < applied.Count)
        {
            if (left < live.Count && Items.ElementOf(live[left], shape) is var element && (!theirs.Contains(element) || done.Contains(element)))
            {
                if (done.Add(element))
                {
                    merged.Add(live[left]?.DeepClone());
                }

                left++;
                continue;
            }

            if (right == applied.Count)
            {
                break;
            }

            var key = Items.ElementOf(applied[right], shape);
            done.Add(key);
            merged.Add(Merge(ours[key].FirstOrDefault(), applied[right], shape.Element!));
            right++;
        }

        return merged;
    }
}
