using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Portcullis.Architecture.Tests;
using Portcullis.Chart.Tests.Helm;
using Portcullis.Operator.Tests.Translation;

namespace Portcullis.Chart.Tests.Values;

/// <summary>Values, their schema and the chart's versions say the same.</summary>
public sealed class ValuesTests
{
    // What entries of lists and free maps have inside is described where it is defined.
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(HelmProgram.Chart, "values.schema.json")))!.AsObject();

    private static readonly JsonObject Defaults = YamlNodes.Documents(File.ReadAllText(Path.Combine(HelmProgram.Chart, "values.yaml"))).Single();

    [Fact]
    public void Every_value_is_described()
    {
        var undescribed = Nodes(Schema, "").Where(IsSchema).Where(node => node.Value["description"]?.GetValue<string>() is not { Length: > 5 }).Select(node => node.Path);

        Assert.Empty(undescribed);
    }

    [Fact]
    public void Every_object_of_known_shape_refuses_what_it_does_not_know()
    {
        var shaped = Nodes(Schema, "").Where(node => node.Value.ContainsKey("properties") && node.Value["type"] is not JsonObject).ToArray();

        Assert.True(shaped.Length > 10);
        Assert.All(shaped, node => Assert.Equal("false", node.Value["additionalProperties"]?.ToJsonString()));
    }

    [Fact]
    public void Every_value_of_the_schema_has_a_default_to_read_and_the_reverse()
    {
        Assert.Equal(Described(Schema, Schema, "").Where(path => path != "global").Order(StringComparer.Ordinal), Given(Defaults, Schema, "").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_gateway_may_say_everything_that_its_defaults_may()
    {
        var defaults = Schema["properties"]!["gatewayDefaults"]!["properties"]!.AsObject().Select(pair => pair.Key);
        var entry = Schema["properties"]!["gateways"]!["items"]!["properties"]!.AsObject().Select(pair => pair.Key);

        Assert.Equal(defaults.Append("name").Order(StringComparer.Ordinal), entry.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_chart_is_of_the_version_of_the_programs()
    {
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        var chart = YamlNodes.Documents(File.ReadAllText(Path.Combine(HelmProgram.Chart, "Chart.yaml"))).Single();

        Assert.Equal(version, chart["version"]!.GetValue<string>());
        Assert.Equal(version, chart["appVersion"]!.GetValue<string>());
    }

    // Custom resources in a chart that brings their kinds fail at the first install, and CRDs in one are never upgraded.
    [Fact]
    public void The_chart_has_no_kinds_of_its_own_and_no_objects_of_them()
    {
        Assert.False(Directory.Exists(Path.Combine(HelmProgram.Chart, "crds")));
        Assert.All(
            Directory.GetFiles(Path.Combine(HelmProgram.Chart, "templates"), "*.yaml").Select(File.ReadAllText),
            text => Assert.DoesNotContain("apiVersion: portcullis.dev", text, StringComparison.Ordinal));
    }

    private static bool IsSchema((string Path, JsonObject Value) node) =>
        (node.Value.ContainsKey("type") || node.Value.ContainsKey("$ref"))
        && node.Value["type"] is not JsonObject
        && node.Path.Length > 0
        && (node.Path.Contains("/properties/", StringComparison.Ordinal) || node.Path.StartsWith("/definitions/", StringComparison.Ordinal))
        && !node.Path.EndsWith("/items", StringComparison.Ordinal)
        && !node.Path.EndsWith("/additionalProperties", StringComparison.Ordinal);

    private static IEnumerable<(string Path, JsonObject Value)> Nodes(JsonObject node, string path) =>
    [
        (path, node),
        .. node.Where(pair => pair.Value is JsonObject).SelectMany(pair => Nodes(pair.Value!.AsObject(), $"{path}/{pair.Key}")),
    ];

    private static IEnumerable<string> Described(JsonObject schema, JsonObject root, string path) => Properties(schema, root) is { } properties
        ? properties.SelectMany(pair => Described(pair.Value!.AsObject(), root, path.Length == 0 ? pair.Key : $"{path}.{pair.Key}"))
        : [path];

    private static IEnumerable<string> Given(JsonObject values, JsonObject schema, string path) => values.SelectMany(pair =>
    {
        var inner = Properties(schema, Schema)![pair.Key]?.AsObject();
        var name = path.Length == 0 ? pair.Key : $"{path}.{pair.Key}";

        return pair.Value is JsonObject map && inner is not null && Properties(inner, Schema) is not null ? Given(map, inner, name) : [name];
    });

    // Resources and references to one certificate are given whole or not at all.
    private static JsonObject? Properties(JsonObject schema, JsonObject root) => Resolved(schema, root) is { } resolved
        && resolved["properties"] is JsonObject properties && !properties.ContainsKey("limits") && !properties.ContainsKey("namespace")
            ? properties
            : null;

    private static JsonObject Resolved(JsonObject schema, JsonObject root) => schema["$ref"]?.GetValue<string>() is { } reference
        ? reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode)root, (node, part) => node[part]!).AsObject()
        : schema;
}
