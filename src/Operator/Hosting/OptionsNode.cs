using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Hosting;

/// <summary>
/// One mapping of an options file, read strictly: every wrong, missing or unknown key becomes a problem that names it with an example, and all of them
/// are found at once.
/// </summary>
/// <param name="fields">Null when there is no mapping where one belongs.</param>
/// <param name="path">Of this mapping.</param>
/// <param name="problems">Of the whole file.</param>
internal sealed class OptionsNode(JsonObject? fields, string path, List<string> problems)
{
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    /// <summary>Turns a text into a value; null when it is none.</summary>
    public delegate bool Parser<T>(string text, [NotNullWhen(true)] out T? value);

    /// <summary>A value that must be there. What is returned for a wrong one is never used: its problem keeps the operator from starting.</summary>
    public T Required<T>(string name, string form, string example, Parser<T> parse) => Take(name) is { } node
        ? Parse(node, FieldPath.Field(path, name), form, example, parse)
        : Missing<T>(name, form, example);

    public T? Optional<T>(string name, string form, string example, Parser<T> parse)
        where T : class => Take(name) is { } node ? Parse(node, FieldPath.Field(path, name), form, example, parse) : null;

    public bool Flag(string name, bool byDefault)
    {
        if (Take(name) is not { } node)
        {
            return byDefault;
        }

        if (node is JsonValue value && value.TryGetValue<bool>(out var flag))
        {
            return flag;
        }

        problems.Add($"{FieldPath.Field(path, name)} must be true or false, such as {(byDefault ? "true" : "false")}; it is '{Shown(node)}'.");
        return byDefault;
    }

    /// <summary>Absent means empty.</summary>
    public ImmutableArray<T> List<T>(string name, string form, string example, Parser<T> parse) =>
        [.. Items(name, $"[{example}]").Select((item, index) => Parse(item, FieldPath.Item(FieldPath.Field(path, name), index), form, example, parse))];

    /// <summary>A mapping that must be there.</summary>
    public OptionsNode Mapping(string name, string example)
    {
        if (Take(name) is JsonObject mapping)
        {
            return new OptionsNode(mapping, FieldPath.Field(path, name), problems);
        }

        problems.Add($"{FieldPath.Field(path, name)} must be a mapping, such as {example}; it is {(fields?[name] is null ? "missing" : "something else")}.");
        return new OptionsNode(null, FieldPath.Field(path, name), []);
    }

    /// <summary>Null when it is absent.</summary>
    public OptionsNode? OptionalMapping(string name, string example) => fields?[name] is null ? TakeNothing(name) : Mapping(name, example);

    /// <summary>Absent means empty.</summary>
    public IEnumerable<OptionsNode> Mappings(string name, string example)
    {
        var index = 0;

        foreach (var item in Items(name, $"[{example}]"))
        {
            var where = FieldPath.Item(FieldPath.Field(path, name), index++);

            if (item is JsonObject mapping)
            {
                yield return new OptionsNode(mapping, where, problems);
            }
            else
            {
                problems.Add($"{where} must be a mapping, such as {example}; it is '{Shown(item)}'.");
            }
        }
    }

    /// <summary>To be called when everything known was asked for: the rest is misspelt or of another version.</summary>
    public void Finish()
    {
        foreach (var (name, _) in fields ?? [])
        {
            if (!asked.Contains(name))
            {
                problems.Add($"{FieldPath.Field(path, name)} is not known; known are {string.Join(", ", asked.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    private JsonNode? Take(string name)
    {
        asked.Add(name);
        return fields?[name];
    }

    private OptionsNode? TakeNothing(string name)
    {
        asked.Add(name);
        return null;
    }

    private JsonNode[] Items(string name, string example)
    {
        if (Take(name) is not { } node)
        {
            return [];
        }

        if (node is JsonArray list && list.All(item => item is not null))
        {
            return [.. list.OfType<JsonNode>()];
        }

        problems.Add($"{FieldPath.Field(path, name)} must be a list, such as {example}; it is '{Shown(node)}'.");
        return [];
    }

    private T Missing<T>(string name, string form, string example)
    {
        problems.Add($"{FieldPath.Field(path, name)} is missing; it must be {form}, such as {example}.");
        return default!;
    }

    private T Parse<T>(JsonNode node, string where, string form, string example, Parser<T> parse)
    {
        if (node is JsonValue value && value.TryGetValue<string>(out var text) && parse(text, out var parsed))
        {
            return parsed;
        }

        problems.Add($"{where} must be {form}, such as {example}; it is '{Shown(node)}'.");
        return default!;
    }

    private static string Shown(JsonNode node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node.ToJsonString();
}
