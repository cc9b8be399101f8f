using System.Text.Json;
using Portcullis.Operator.Stores.Kubernetes.Watching;

namespace Portcullis.Operator.Tests.Stores.Kubernetes;

public sealed class DefinitionComparisonTests
{
    private const string Own = """
        {"type":"object","properties":{
          "spec":{"type":"object","description":"ours","required":["pins"],"properties":{
            "pins":{"type":"array","maxItems":8,"items":{"type":"object","properties":{"sha256":{"type":"string"},"note":{"type":"string"}}}},
            "labels":{"type":"object","additionalProperties":{"type":"string"}}}}}}
        """;

    [Fact]
    public void The_same_schema_in_other_words_does_not_differ() => AssertDiffers(Own.Replace("ours", "theirs", StringComparison.Ordinal), missing: [], different: [], unknown: []);

    [Fact]
    public void Fields_that_are_not_installed_are_missing_however_deep() =>
        AssertDiffers(Own.Replace(",\"note\":{\"type\":\"string\"}", "", StringComparison.Ordinal), missing: [".spec.pins[].note"], different: [], unknown: []);

    [Fact]
    public void Fields_that_only_the_installed_one_has_are_unknown() =>
        AssertDiffers(Own.Replace("\"note\":", "\"more\":{\"type\":\"string\"},\"note\":", StringComparison.Ordinal), missing: [], different: [], unknown: [".spec.pins[].more"]);

    [Theory]
    [InlineData("\"maxItems\":8", "\"maxItems\":9", ".spec.pins")]
    [InlineData("\"maxItems\":8,", "", ".spec.pins")]
    [InlineData("\"maxItems\":8", "\"maxItems\":8,\"minItems\":1", ".spec.pins")]
    [InlineData("\"required\":[\"pins\"],", "", ".spec")]
    public void Another_rule_is_a_difference(string ours, string installed, string field) =>
        AssertDiffers(Own.Replace(ours, installed, StringComparison.Ordinal), missing: [], different: [field], unknown: []);

    [Fact]
    public void Numbers_are_compared_by_value() => AssertDiffers(Own.Replace("8", "8.0", StringComparison.Ordinal), missing: [], different: [], unknown: []);

    [Fact]
    public void A_newer_definition_may_have_other_rules_and_an_older_one_is_named_for_what_it_drops()
    {
        var own = Parse(Own);

        Assert.Equal("", Problem(Own.Replace("\"maxItems\":8", "\"maxItems\":9,\"properties\":{\"new\":{}}", StringComparison.Ordinal), own));
        Assert.Contains("drops these fields from what users write: .spec.labels[], .spec.pins[].note.", Problem(
            Own.Replace(",\"note\":{\"type\":\"string\"}", "", StringComparison.Ordinal).Replace(",\"additionalProperties\":{\"type\":\"string\"}", "", StringComparison.Ordinal), own), StringComparison.Ordinal);
        Assert.Contains("it has no version v1alpha1", Problem("null", own), StringComparison.Ordinal);
    }

    private static string Problem(string installed, JsonElement own) =>
        DefinitionCheck.ProblemOf(new InstalledDefinition { Name = "", IsEstablished = true, Served = [], Schema = Parse(installed) }, own);

    private static void AssertDiffers(string installed, string[] missing, string[] different, string[] unknown)
    {
        var comparison = DefinitionComparison.Of(Parse(Own), Parse(installed));

        Assert.Equal(missing, comparison.Missing);
        Assert.Equal(different, comparison.Different);
        Assert.Equal(unknown, comparison.Unknown);
    }

    private static JsonElement Parse(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
