using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>The body of a request as JSON. Of fields that are written twice the last counts, and they are remembered for strict validation.</summary>
internal sealed class JsonBody
{
    private readonly List<string> duplicates = [];

    private JsonBody()
    {
    }

    public required JsonObject Content { get; init; }

    public IReadOnlyList<string> Duplicates => duplicates;

    public static JsonBody Read(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span);
        if (!text.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal))
        {
            return OfYaml(text);
        }

        try
        {
            var reader = new Utf8JsonReader(body.Span);
            reader.Read();
            var found = new List<string>();
            var read = new JsonBody { Content = Object(ref reader, "", found) };
            read.duplicates.AddRange(found);
            return read;
        }
        catch (JsonException broken)
        {
            throw Failures.BadRequest($"the object provided is unrecognized (must be of type Object): couldn't get version/kind; json parse error: {broken.Message}");
        }
    }

    private static JsonBody OfYaml(string text)
    {
        try
        {
            return YamlDocuments.Read(text) is [{ Root: JsonObject content }]
                ? new JsonBody { Content = content }
                : throw Failures.BadRequest("the body is not one object");
        }
        catch (ManifestSyntaxException broken)
        {
            throw Failures.BadRequest($"error decoding YAML: {broken.Message}");
        }
    }

    private static JsonNode? Value(ref Utf8JsonReader reader, string path, List<string> duplicates) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Object(ref reader, path, duplicates),
        JsonTokenType.StartArray => List(ref reader, path, duplicates),
        JsonTokenType.String => JsonValue.Create(reader.GetString()),
        JsonTokenType.Number => reader.TryGetInt64(out var whole) ? JsonValue.Create(whole) : JsonNumber.Create(reader.GetDouble()),
        JsonTokenType.True => JsonValue.Create(true),
        JsonTokenType.False => JsonValue.Create(false),
        _ => null,
    };

    private static JsonObject Object(ref Utf8JsonReader reader, string path, List<string> duplicates)
    {
        var fields = new JsonObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString() ?? "";
            var field = FieldPath.Field(path, name);
            if (fields.ContainsKey(name))
            {
                duplicates.Add(field);
            }

            reader.Read();
            fields[name] = Value(ref reader, field, duplicates);
        }

        return fields;
    }

    private static JsonArray List(ref Utf8JsonReader reader, string path, List<string> duplicates)
    {
        var items = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader, FieldPath.Item(path, items.Count), duplicates));
        }

        return items;
    }
}
