using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>Takes JSON apart into documents: one value, or several one after the other.</summary>
internal static class JsonDocuments
{
    /// <exception cref="ManifestSyntaxException">The text is not JSON, or more than a manifest may be.</exception>
    public static ImmutableArray<ManifestDocument> Read(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);

        try
        {
            return ReadAll(content);
        }
        catch (JsonException broken)
        {
            throw new ManifestSyntaxException(
                (int)(broken.LineNumber ?? 0) + 1,
                "This is not JSON: a comma, a quote or a bracket is wrong here, or something is nested too deep. Nothing of this file is taken until it is corrected.");
        }
    }

    private static ImmutableArray<ManifestDocument> ReadAll(byte[] content)
    {
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = ManifestLimits.Depth });
        var lineStarts = new LineCounter(content);
        var documents = ImmutableArray.CreateBuilder<ManifestDocument>();

        while (reader.Read())
        {
            var lines = new LineMap();
            documents.Add(new ManifestDocument(Compose(ref reader, FieldPath.Root, lines, lineStarts), lines));
        }

        return documents.ToImmutable();
    }

    private static JsonNode? Compose(ref Utf8JsonReader reader, string path, LineMap lines, LineCounter counter)
    {
        lines.Add(path, counter.LineAt(reader.TokenStartIndex));

        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ComposeObject(ref reader, path, lines, counter),
            JsonTokenType.StartArray => ComposeArray(ref reader, path, lines, counter),
            JsonTokenType.String => JsonValue.Create(reader.GetString()),
            JsonTokenType.Number => reader.TryGetInt64(out var whole) ? JsonValue.Create(whole) : JsonNumber.Create(reader.GetDouble()),
            JsonTokenType.True => JsonValue.Create(true),
            JsonTokenType.False => JsonValue.Create(false),
            _ => null,
        };
    }

    private static JsonObject ComposeObject(ref Utf8JsonReader reader, string path, LineMap lines, LineCounter counter)
    {
        var fields = new JsonObject();

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString() ?? "";
            var line = counter.LineAt(reader.TokenStartIndex);
            reader.Read();

            if (!fields.TryAdd(name, Compose(ref reader, FieldPath.Field(path, name), lines, counter)))
            {
                throw new ManifestSyntaxException(line, $"The field '{FieldPath.Field(path, name)}' is written twice. Keep one of them.");
            }
        }

        return fields;
    }

    private static JsonArray ComposeArray(ref Utf8JsonReader reader, string path, LineMap lines, LineCounter counter)
    {
        var items = new JsonArray();

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Compose(ref reader, FieldPath.Item(path, items.Count), lines, counter));
        }

        return items;
    }

    /// <summary>Counts lines while reading goes forward.</summary>
    private sealed class LineCounter(byte[] content)
    {
        private int line = 1;
        private int counted;

        public int LineAt(long position)
        {
            line += content.AsSpan(counted, (int)position - counted).Count((byte)'\n');
            counted = (int)position;
            return line;
        }
    }
}
