using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Stores.Manifests.Reading;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>JSON → YAML that reads back as the same JSON. Same content, same text.</summary>
internal static class YamlWriter
{
    public static string Write(JsonNode root)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024, skipAnchorName: true));

        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(version: null, tags: null, isImplicit: true));
        Emit(root, emitter);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());

        return text.ToString();
    }

    private static void Emit(JsonNode? value, Emitter emitter)
    {
        switch (value)
        {
            case JsonObject fields:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, fields.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, field) in fields)
                {
                    emitter.Emit(Text(name));
                    Emit(field, emitter);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray items:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, items.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in items)
                {
                    Emit(item, emitter);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case { } scalar when scalar.GetValueKind() == JsonValueKind.String:
                emitter.Emit(Text(scalar.GetValue<string>()));
                break;
            default:
                emitter.Emit(new Scalar(value?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static Scalar Text(string text)
    {
        var style = !YamlScalar.ReadsAsText(text) || text.Any(NeedsEscape) ? ScalarStyle.DoubleQuoted
            : text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal
            : ScalarStyle.Any;

        return new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true);
    }

    /// <summary>Outside double quotes, YAML folds these into line feeds or cannot hold them.</summary>
    private static bool NeedsEscape(char character) => character != '\n' && (char.IsControl(character) || character is '\u2028' or '\u2029' or '\uFEFF');
}
