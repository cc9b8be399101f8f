using System.Collections.Immutable;
using System.Text.Json;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>How the schema that is installed differs from the one that this operator was built with.</summary>
/// <param name="Missing">Fields that are not installed: the API server takes them from what users write, without a word.</param>
/// <param name="Different">Fields whose type, default or rules are others.</param>
/// <param name="Unknown">Fields that only the installed one has: it is newer.</param>
internal sealed record DefinitionComparison(ImmutableArray<string> Missing, ImmutableArray<string> Different, ImmutableArray<string> Unknown)
{
    private static readonly string[] Structure = ["properties", "items", "additionalProperties"];
    private static readonly string[] Words = ["description", "example", "title", "externalDocs"];

    public static DefinitionComparison Of(JsonElement ours, JsonElement installed)
    {
        var (missing, different, unknown) = (new List<string>(), new List<string>(), new List<string>());
        Compare(ours, installed, "", missing, different, unknown);

        return new DefinitionComparison([.. missing], [.. different], [.. unknown]);
    }

    private static void Compare(JsonElement ours, JsonElement installed, string path, List<string> missing, List<string> different, List<string> unknown)
    {
        if (!RulesOf(ours).All(rule => installed.TryGetProperty(rule.Name, out var other) && JsonElement.DeepEquals(rule.Value, other)) || RulesOf(installed).Count() != RulesOf(ours).Count())
        {
            different.Add(path.Length == 0 ? "." : path);
        }

        var (fields, others) = (FieldsOf(ours), FieldsOf(installed));
        missing.AddRange(fields.Keys.Where(name => !others.ContainsKey(name)).Select(name => $"{path}.{name}"));
        unknown.AddRange(others.Keys.Where(name => !fields.ContainsKey(name)).Select(name => $"{path}.{name}"));

        foreach (var (name, field) in fields.Where(field => others.ContainsKey(field.Key)))
        {
            Compare(field, others[name], $"{path}.{name}", missing, different, unknown);
        }

        foreach (var nested in Structure[1..].Where(nested => IsObject(ours, nested)))
        {
            if (IsObject(installed, nested))
            {
                Compare(ours.GetProperty(nested), installed.GetProperty(nested), $"{path}[]", missing, different, unknown);
            }
            else
            {
                missing.Add($"{path}[]");
            }
        }
    }

    private static IEnumerable<JsonProperty> RulesOf(JsonElement schema) =>
        schema.EnumerateObject().Where(keyword => !Words.Contains(keyword.Name) && !(Structure.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Object));

    private static ImmutableSortedDictionary<string, JsonElement> FieldsOf(JsonElement schema) => IsObject(schema, Structure[0])
        ? schema.GetProperty(Structure[0]).EnumerateObject().ToImmutableSortedDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal)
        : ImmutableSortedDictionary<string, JsonElement>.Empty;

    private static bool IsObject(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.Object;
}
