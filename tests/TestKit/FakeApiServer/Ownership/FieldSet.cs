using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>A set of fields, each named by the path to it, and its form in <c>managedFields</c>.</summary>
internal sealed record FieldSet(ImmutableSortedSet<string> Paths)
{
    private const char Separator = '\n';

    public static FieldSet Empty { get; } = new(ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    public bool IsEmpty => Paths.IsEmpty;

    public static string Below(string path, string element) => path.Length == 0 ? element : $"{path}{Separator}{element}";

    public static string Field(string path, string name) => Below(path, $"f:{name}");

    public static FieldSet Of(IEnumerable<string> paths) => new(paths.ToImmutableSortedSet(StringComparer.Ordinal));

    public static FieldSet Parse(JsonObject? fields)
    {
        var paths = new List<string>();
        Collect(fields ?? [], "", paths);
        return Of(paths);
    }

    public FieldSet Union(FieldSet other) => new(Paths.Union(other.Paths));

    public FieldSet Except(FieldSet other) => new(Paths.Except(other.Paths));

    public FieldSet Intersect(FieldSet other) => new(Paths.Intersect(other.Paths));

    public FieldSet Where(Func<string, bool> keep) => Of(Paths.Where(keep));

    public bool SameAs(FieldSet other) => Paths.SetEquals(other.Paths);

    /// <summary>True when the field, or anything in it, is in the set.</summary>
    public bool Holds(string path) => Paths.Any(own => IsWithin(own, path));

    public static bool IsWithin(string path, string ancestor) =>
        path.StartsWith(ancestor, StringComparison.Ordinal) && (path.Length == ancestor.Length || path[ancestor.Length] == Separator);

    public static ImmutableArray<string> Elements(string path) => [.. path.Split(Separator)];

    /// <summary>All that lie above a path, nearest first, without the root.</summary>
    public static IEnumerable<string> Ancestors(string path)
    {
        for (var end = path.LastIndexOf(Separator); end > 0; end = path.LastIndexOf(Separator, end - 1))
        {
            yield return path[..end];
        }
    }

    /// <summary>As people read it: <c>.spec.ports[port=443].name</c>.</summary>
    public static string Readable(string path) => string.Concat(Elements(path).Select(element => element[0] switch
    {
        'f' => $".{element[2..]}",
        'k' => $"[{string.Join(",", ((JsonObject)JsonNode.Parse(element[2..])!).Select(key => $"{key.Key}={key.Value?.ToJsonString()}"))}]",
        _ => $"[={element[2..]}]",
    }));

    public JsonObject ToJson()
    {
        var root = new JsonObject();

        foreach (var path in Paths)
        {
            var node = Elements(path).Aggregate(root, (parent, element) => parent.Open(element));
            node["."] = new JsonObject();
        }

        Tidy(root);
        return root;
    }

    /// <summary>A member without members below it is written as <c>{}</c>, without the dot that says it is one.</summary>
    private static void Tidy(JsonObject node)
    {
        foreach (var child in node.Where(child => child.Key != ".").Select(child => (JsonObject)child.Value!).ToArray())
        {
            Tidy(child);
            if (child.Count == 1)
            {
                child.Remove(".");
            }
        }
    }

    private static void Collect(JsonObject node, string path, List<string> paths)
    {
        if (path.Length > 0 && (node.Count == 0 || node.ContainsKey(".")))
        {
            paths.Add(path);
        }

        foreach (var (element, child) in node.Where(child => child.Key != "."))
        {
            Collect(child as JsonObject ?? [], Below(path, element), paths);
        }
    }
}
