using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>The documents of a case as JSON. Cases are ours, so nothing is checked here.</summary>
internal static class YamlNodes
{
    public static IEnumerable<JsonObject> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));

        return stream.Documents.Select(document => Node(document.RootNode)).OfType<JsonObject>();
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Node(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Node)]),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new NotSupportedException(node.NodeType.ToString()),
    };

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";

        return scalar.Style switch
        {
            not ScalarStyle.Plain => JsonValue.Create(text),
            _ when text is "" or "null" or "~" => null,
            _ when bool.TryParse(text, out var flag) => JsonValue.Create(flag),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
