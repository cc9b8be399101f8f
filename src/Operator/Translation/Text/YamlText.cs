using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Portcullis.Operator.Translation.Text;

/// <summary>JSON as YAML for people: members in their order, no anchors or tags, text of several lines as a block. Same nodes, same bytes.</summary>
public static class YamlText
{
    /// <summary>One document that ends with a line feed.</summary>
    public static string Of(JsonNode node)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));

        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());

        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, value) in map)
                {
                    Emit(emitter, Scalar(key));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            default:
                Emit(emitter, Scalar(node));
                break;
        }
    }

    private static void Emit(Emitter emitter, (string Text, ScalarStyle Style) scalar) =>
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, scalar.Text, scalar.Style, isPlainImplicit: true, isQuotedImplicit: true));

    private static (string Text, ScalarStyle Style) Scalar(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? Scalar(text) : (node?.ToJsonString() ?? "null", ScalarStyle.Plain);

    private static (string Text, ScalarStyle Style) Scalar(string text)
    {
        if (text.Contains('\n', StringComparison.Ordinal))
        {
            return (text, ScalarStyle.Literal);
        }

        return (text, IsPlain(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted);
    }

    /// <summary>Whether readers of YAML 1.1 and 1.2 alike take the bare text for a string. Doubt means quotes.</summary>
    private static bool IsPlain(string text) =>
        text.Length > 0
        && (char.IsAsciiLetter(text[0]) || text[0] == '/')
        && !text.EndsWith(':')
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        && text.All(c => c is >= ' ' and <= '~')
        && text[^1] != ' '
        && text.ToUpperInvariant() is not ("TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N" or "NULL");
}
