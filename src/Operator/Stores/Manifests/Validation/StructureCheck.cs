using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>Holds a value against types, required and unknown fields, enums, patterns, limits and list keys.</summary>
internal sealed class StructureCheck
{
    private const int LongestQuote = 64;

    private readonly List<StructureProblem> problems = [];

    private StructureCheck()
    {
    }

    public static IReadOnlyList<StructureProblem> Check(JsonObject value, SchemaNode schema)
    {
        var check = new StructureCheck();
        check.CheckValue(value, schema, FieldPath.Root);
        return check.problems;
    }

    private void CheckValue(JsonNode? value, SchemaNode schema, string path)
    {
        if (!Fits(value, schema.Type))
        {
            Block(path, $"must be {Article(schema.Type)}, not {Found(value)}{Hint(value, schema)}.");
            return;
        }

        switch (value)
        {
            case JsonObject fields:
                CheckObject(fields, schema, path);
                break;
            case JsonArray items:
                CheckArray(items, schema, path);
                break;
            case JsonValue text when schema.Type == SchemaType.String:
                CheckText(text.GetValue<string>(), schema, path);
                break;
            case JsonValue number when schema.Type == SchemaType.Integer:
                CheckNumber(number.GetValue<long>(), schema, path);
                break;
        }

        CheckEnum(value!, schema, path);
    }

    private void CheckObject(JsonObject fields, SchemaNode schema, string path)
    {
        foreach (var name in schema.Required.Where(name => !fields.ContainsKey(name)))
        {
            Block(FieldPath.Field(path, name), $"is required: {FirstSentence(schema.Properties[name].Description)}");
        }

        if (fields.Count < schema.MinProperties)
        {
            Add(path, $"must set at least {schema.MinProperties} of: {string.Join(", ", schema.Properties.Keys)}.");
        }

        if (fields.Count > schema.MaxProperties)
        {
            Block(path, $"must have at most {schema.MaxProperties} entries, not {fields.Count}.");
        }

        foreach (var (name, field) in fields)
        {
            if ((schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is { } fieldSchema)
            {
                CheckValue(field, fieldSchema, FieldPath.Field(path, name));
            }
            else if (!schema.KeepsUnknownFields)
            {
                Add(FieldPath.Field(path, name), $"is an unknown field. Remove it; known here are: {string.Join(", ", schema.Properties.Keys)}.");
            }
        }
    }

    private void CheckArray(JsonArray items, SchemaNode schema, string path)
    {
        if (items.Count < schema.MinItems)
        {
            Add(path, $"must have at least {schema.MinItems} {Entries(schema.MinItems)}: {FirstSentence(schema.Description)}");
        }

        if (items.Count > schema.MaxItems)
        {
            Block(path, $"must have at most {schema.MaxItems} {Entries(schema.MaxItems)}, not {items.Count}.");
        }

        for (var index = 0; index < items.Count; index++)
        {
            CheckValue(items[index], schema.Items!, FieldPath.Item(path, index));
        }

        CheckUnique(items, schema, path);
    }

    private void CheckUnique(JsonArray items, SchemaNode schema, string path)
    {
        if (!schema.IsSet && schema.MapKeys.IsEmpty)
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);

        for (var index = 0; index < items.Count; index++)
        {
            var identity = schema.IsSet ? items[index]?.ToJsonString() : string.Join(", ", schema.MapKeys.Select(key => $"{key} {(items[index] as JsonObject)?[key]?.ToJsonString()}"));

            if (identity is not null && !seen.Add(identity))
            {
                Block(FieldPath.Item(path, index), $"is a duplicate: {identity} is there already. Each may be there once.");
            }
        }
    }

    private void CheckText(string text, SchemaNode schema, string path)
    {
        // The API server counts code points.
        var length = text.EnumerateRunes().Count();

        if (length > schema.MaxLength)
        {
            Block(path, $"must be at most {schema.MaxLength} characters long, not {length}.");
            return;
        }

        if (length < schema.MinLength)
        {
            Add(path, $"must be at least {schema.MinLength} {(schema.MinLength == 1 ? "character" : "characters")} long.{Example(schema)}");
            return;
        }

        if (schema.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            Add(path, $"{Quote(text)} does not fit: {FirstSentence(schema.Description)}{Example(schema)} The pattern is {AsWritten(pattern.ToString())}");
        }

        if (schema.Format == "date-time" && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _))
        {
            Add(path, $"{Quote(text)} is not a moment as RFC 3339 writes it, such as 2027-03-01T00:00:00Z.");
        }
    }

    private void CheckNumber(long number, SchemaNode schema, string path)
    {
        if (number < schema.Minimum || number > schema.Maximum)
        {
            var range = (schema.Minimum, schema.Maximum) switch
            {
                ({ } least, { } most) => $"from {least} to {most}",
                ({ } least, null) => $"at least {least}",
                (_, var most) => $"at most {most}",
            };

            Add(path, $"must be {range}, not {number}.");
        }
    }

    private void CheckEnum(JsonNode value, SchemaNode schema, string path)
    {
        if (!schema.Enum.IsEmpty && !schema.Enum.Any(allowed => JsonNode.DeepEquals(allowed, value)))
        {
            Add(path, $"{Quote(value.ToString())} is not supported. Write one of: {string.Join(", ", schema.Enum.Select(allowed => allowed.ToString()))}.");
        }
    }

    private static bool Fits(JsonNode? value, SchemaType type) => type switch
    {
        SchemaType.Object => value is JsonObject,
        SchemaType.Array => value is JsonArray,
        SchemaType.String => value?.GetValueKind() == JsonValueKind.String,
        SchemaType.Boolean => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => value is JsonValue number && number.TryGetValue<long>(out _),
    };

    private static string Article(SchemaType type) => type switch
    {
        SchemaType.Object => "a mapping",
        SchemaType.Array => "a list",
        SchemaType.String => "text",
        SchemaType.Integer => "a whole number",
        _ => "true or false",
    };

    private static string Found(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => "a mapping",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "empty",
    };

    /// <summary>YAML takes an unquoted 1.2 or on for something else than text.</summary>
    private static string Hint(JsonNode? value, SchemaNode schema) =>
        schema.Type == SchemaType.String && value?.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? "; put it in quotes" : "";

    private static string Entries(long? count) => count == 1 ? "entry" : "entries";

    private static string Example(SchemaNode schema) => schema.Example is { } example ? $" An example is {example}." : "";

    private static string Quote(string text) => text.Length <= LongestQuote ? $"'{text}'" : $"A text of {text.Length} characters";

    private static string AsWritten(string pattern) => $"^{pattern[@"\A(?:".Length..^@")\z".Length]}$";

    private static string FirstSentence(string description) =>
        description.IndexOf(". ", StringComparison.Ordinal) is var end and >= 0 ? description[..(end + 1)] : description;

    private void Add(string path, string message) => problems.Add(new StructureProblem(new FieldProblem(path, message), BlocksRules: false));

    private void Block(string path, string message) => problems.Add(new StructureProblem(new FieldProblem(path, message), BlocksRules: true));
}
