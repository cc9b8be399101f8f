using System.Collections.Immutable;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>
/// Takes YAML apart into documents, as kubectl does. Our own composer over the parser's events, because the library's tree neither bounds what
/// aliases expand to nor tells lines by field.
/// </summary>
internal sealed class YamlDocuments
{
    private const string MergeKey = "<<";

    private readonly Parser parser;
    private readonly Dictionary<AnchorName, ImmutableArray<ParsingEvent>> anchors = [];
    private int aliasedValues;

    private YamlDocuments(string text) => parser = new Parser(new Scanner(new StringReader(text), skipComments: true));

    /// <exception cref="ManifestSyntaxException">The text is not YAML, or more than a manifest may be.</exception>
    public static ImmutableArray<ManifestDocument> Read(string text)
    {
        try
        {
            return new YamlDocuments(text).ReadAll();
        }
        catch (YamlException broken)
        {
            throw new ManifestSyntaxException(
                (int)Math.Max(1, broken.Start.Line),
                $"This is not YAML: {broken.Message.TrimEnd('.')}. Nothing of this file is taken until it is corrected.");
        }
        catch (InvalidOperationException)
        {
            // What the scanner throws for a bracket that is never closed, without saying where.
            throw new ManifestSyntaxException(null, "This is not YAML: a bracket or a quote is not closed. Nothing of this file is taken until it is corrected.");
        }
    }

    private ImmutableArray<ManifestDocument> ReadAll()
    {
        var documents = ImmutableArray.CreateBuilder<ManifestDocument>();
        parser.Consume<StreamStart>();

        while (!parser.Accept<StreamEnd>(out _))
        {
            var start = parser.Consume<DocumentStart>();
            documents.Add(ReadDocument(start));
            parser.Consume<DocumentEnd>();
        }

        return documents.ToImmutable();
    }

    private ManifestDocument ReadDocument(DocumentStart start)
    {
        anchors.Clear();
        var lines = new LineMap();
        lines.Add(FieldPath.Root, (int)Math.Max(1, start.Start.Line));

        var events = new EventQueue(TakeNode(), aliased: false);
        return new ManifestDocument(Compose(events, FieldPath.Root, lines, depth: 0), lines);
    }

    /// <summary>The events of the next node, its anchors remembered; aliases stay as they are.</summary>
    private ImmutableArray<ParsingEvent> TakeNode()
    {
        var taken = ImmutableArray.CreateBuilder<ParsingEvent>();
        var open = new Stack<(AnchorName Anchor, int Start)>();

        do
        {
            var next = parser.Consume<ParsingEvent>();

            if (next is MappingStart or SequenceStart)
            {
                open.Push((((NodeEvent)next).Anchor, taken.Count));
            }

            taken.Add(next);

            if (next is Scalar { Anchor.IsEmpty: false } scalar)
            {
                anchors[scalar.Anchor] = [scalar];
            }

            if (next is MappingEnd or SequenceEnd && open.Pop() is { Anchor.IsEmpty: false } closed)
            {
                anchors[closed.Anchor] = [.. taken.Skip(closed.Start)];
            }

            if (open.Count > ManifestLimits.Depth)
            {
                throw TooDeep(next);
            }
        }
        while (open.Count > 0);

        return taken.ToImmutable();
    }

    private JsonNode? Compose(EventQueue events, string path, LineMap lines, int depth)
    {
        var next = events.Take();

        if (events.Aliased && ++aliasedValues > ManifestLimits.AliasedValues)
        {
            throw new ManifestSyntaxException(Line(next), $"The aliases of this file stand for more than {ManifestLimits.AliasedValues} values. Write out what is meant.");
        }

        if (depth > ManifestLimits.Depth)
        {
            throw TooDeep(next);
        }

        if (path.Length > 0)
        {
            lines.Add(path, Line(next));
        }

        return next switch
        {
            Scalar scalar => YamlScalar.ToJson(scalar),
            AnchorAlias alias => Compose(new EventQueue(Anchored(alias), aliased: true), path, lines, depth + 1),
            SequenceStart => ComposeSequence(events, path, lines, depth),
            MappingStart => ComposeMapping(events, path, lines, depth),
            _ => throw new ManifestSyntaxException(Line(next), "This is not YAML that a manifest can be made of."),
        };
    }

    private ImmutableArray<ParsingEvent> Anchored(AnchorAlias alias) =>
        anchors.TryGetValue(alias.Value, out var events)
            ? events
            : throw new ManifestSyntaxException(Line(alias), $"The alias '*{alias.Value}' has no anchor '&{alias.Value}' before it in this document.");

    private JsonArray ComposeSequence(EventQueue events, string path, LineMap lines, int depth)
    {
        var items = new JsonArray();

        while (!events.TakeIf<SequenceEnd>())
        {
            items.Add(Compose(events, FieldPath.Item(path, items.Count), lines, depth + 1));
        }

        return items;
    }

    private JsonObject ComposeMapping(EventQueue events, string path, LineMap lines, int depth)
    {
        var fields = new JsonObject();
        var merged = new List<JsonObject>();

        while (!events.TakeIf<MappingEnd>())
        {
            var key = events.Take() as Scalar ?? throw new ManifestSyntaxException(Line(events.Previous), "A field's name must be plain text.");

            if (key is { Value: MergeKey, Style: ScalarStyle.Plain })
            {
                merged.AddRange(Merged(Compose(events, path, new LineMap(), depth + 1), key));
                continue;
            }

            var value = Compose(events, FieldPath.Field(path, key.Value), lines, depth + 1);

            if (!fields.TryAdd(key.Value, value))
            {
                throw new ManifestSyntaxException(Line(key), $"The field '{FieldPath.Field(path, key.Value)}' is written twice. Keep one of them.");
            }
        }

        FillFrom(merged, fields);
        return fields;
    }

    private static IEnumerable<JsonObject> Merged(JsonNode? value, Scalar key) => value switch
    {
        JsonObject one => [one],
        JsonArray many when many.All(item => item is JsonObject) => many.Cast<JsonObject>(),
        _ => throw new ManifestSyntaxException(Line(key), "'<<' merges mappings. Give it an alias of one."),
    };

    private static void FillFrom(List<JsonObject> merged, JsonObject fields)
    {
        // What is written out wins over what is merged, the earlier merged over the later.
        foreach (var (name, value) in merged.SelectMany(mapping => mapping))
        {
            fields.TryAdd(name, value?.DeepClone());
        }
    }

    private static ManifestSyntaxException TooDeep(ParsingEvent at) =>
        new(Line(at), $"The document is nested more than {ManifestLimits.Depth} levels deep. No resource is.");

    private static int Line(ParsingEvent at) => (int)Math.Max(1, at.Start.Line);

    /// <summary>The events of one node, read once.</summary>
    private sealed class EventQueue(ImmutableArray<ParsingEvent> events, bool aliased)
    {
        private int position;

        public bool Aliased => aliased;

        public ParsingEvent Previous => events[position - 1];

        public ParsingEvent Take() => events[position++];

        public bool TakeIf<T>()
            where T : ParsingEvent
        {
            if (events[position] is not T)
            {
                return false;
            }

            position++;
            return true;
        }
    }
}
