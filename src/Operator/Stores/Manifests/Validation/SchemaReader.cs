using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>Reads a structural schema out of a CRD. A keyword it does not know is an error: a rule that is passed over is a rule that does not hold.</summary>
internal static class SchemaReader
{
    private static readonly ImmutableHashSet<string> Known =
    [
        "type", "description", "properties", "required", "additionalProperties", "items", "enum", "default", "example", "pattern", "format",
        "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties",
        "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-validations",
    ];

    /// <exception cref="InvalidDataException">The schema asks for something that this reader does not know.</exception>
    public static SchemaNode Read(JsonObject schema)
    {
        if (schema.FirstOrDefault(keyword => !Known.Contains(keyword.Key)).Key is { } unknown)
        {
            throw new InvalidDataException($"The schema keyword '{unknown}' is not known. Teach SchemaReader and SchemaValidator what it means.");
        }

        return new SchemaNode
        {
            Type = Enum.Parse<SchemaType>(Text(schema, "type") ?? "", ignoreCase: true),
            Description = Text(schema, "description") ?? "",
            Properties = Properties(schema),
            Required = Texts(schema, "required"),
            AdditionalProperties = schema["additionalProperties"] is JsonObject additional ? Read(additional) : null,
            Items = schema["items"] is JsonObject items ? Read(items) : null,
            Enum = [.. (schema["enum"] as JsonArray ?? []).Select(value => value!)],
            Default = schema["default"],
            Example = schema["example"],
            Pattern = Text(schema, "pattern") is { } pattern ? Compile(pattern) : null,
            Format = Text(schema, "format"),
            MinLength = Number(schema, "minLength"),
            MaxLength = Number(schema, "maxLength"),
            Minimum = Number(schema, "minimum"),
            Maximum = Number(schema, "maximum"),
            MinItems = Number(schema, "minItems"),
            MaxItems = Number(schema, "maxItems"),
            MinProperties = Number(schema, "minProperties"),
            MaxProperties = Number(schema, "maxProperties"),
            IsSet = Text(schema, "x-kubernetes-list-type") == "set",
            MapKeys = Texts(schema, "x-kubernetes-list-map-keys"),
            Rules = [.. (schema["x-kubernetes-validations"] as JsonArray ?? []).Select(rule => ReadRule((JsonObject)rule!))],
        };
    }

    private static ImmutableSortedDictionary<string, SchemaNode> Properties(JsonObject schema) =>
        (schema["properties"] as JsonObject ?? []).ToImmutableSortedDictionary(field => field.Key, field => Read((JsonObject)field.Value!), StringComparer.Ordinal);

    private static SchemaRule ReadRule(JsonObject rule)
    {
        var expression = Text(rule, "rule") ?? "";

        return new SchemaRule
        {
            Expression = expression,
            Message = Text(rule, "message") ?? throw new InvalidDataException($"The rule '{expression}' has no message."),
            FieldPath = Text(rule, "fieldPath"),
            Holds = RuleTwins.Of(expression),
        };
    }

    /// <summary>
    /// The API server matches with RE2: linear time, and <c>$</c> is the end of the text. .NET's <c>$</c> would let a line feed follow.
    /// </summary>
    private static Regex Compile(string pattern) =>
        pattern is ['^', .. var inner, '$']
            ? new Regex($@"\A(?:{inner})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
            : throw new InvalidDataException($"The pattern '{pattern}' must begin with ^ and end with $.");

    private static string? Text(JsonObject schema, string keyword) => schema[keyword]?.GetValue<string>();

    private static long? Number(JsonObject schema, string keyword) =>
        schema[keyword] is { } number ? long.Parse(number.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private static ImmutableArray<string> Texts(JsonObject schema, string keyword) =>
        [.. (schema[keyword] as JsonArray ?? []).Select(item => item!.GetValue<string>())];
}
