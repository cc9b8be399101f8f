using System.Text.Json.Nodes;
using Portcullis.Operator.Stores.Manifests.Files;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Tests.Stores.Manifests.Reading;

public sealed class YamlDocumentsTests
{
    [Theory]
    [InlineData("1.2", "1.2")]
    [InlineData("\"1.2\"", "\"1.2\"")]
    [InlineData("'on'", "\"on\"")]
    [InlineData("on", "true")]
    [InlineData("No", "false")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("0x1F", "31")]
    [InlineData("010", "8")]
    [InlineData("-3", "-3")]
    [InlineData("80.0", "80")]
    [InlineData("1_000", "1000")]
    [InlineData("10.1.2.3", "\"10.1.2.3\"")]
    [InlineData("08", "8")]
    [InlineData("2027-03-01", "\"2027-03-01\"")]
    [InlineData("!!str 12", "\"12\"")]
    [InlineData(".inf", "\".inf\"")]
    public void A_scalar_means_what_it_means_to_kubectl(string written, string json) =>
        Assert.Equal(json, YamlDocuments.Read($"a: {written}\n").Single().Root!["a"]?.ToJsonString() ?? "null");

    [Fact]
    public void Documents_are_told_apart_and_lines_are_those_of_the_file()
    {
        var documents = YamlDocuments.Read("# comment\na: 1\n---\n---\nb:\n  - c: 2\n    d: [3, 4]\n");

        Assert.Equal(3, documents.Length);
        Assert.Null(documents[1].Root);
        Assert.Equal(7, documents[2].Lines.Of("b[0].d[1]"));
        Assert.Equal(6, documents[2].Lines.Of("b[0].missing.field"));
    }

    [Fact]
    public void Aliases_and_merges_are_written_out()
    {
        var root = YamlDocuments.Read("base: &b {x: 1, y: 2}\none: *b\ntwo:\n  <<: *b\n  y: 3\n").Single().Root!;

        Assert.Equal("""{"x":1,"y":2}""", root["one"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"x":1,"y":3}"""), root["two"]));
    }

    [Theory]
    [InlineData("a: 1\nb: [\n", "YAML")]
    [InlineData("a: 1\na: 2\n", "'a' is written twice")]
    [InlineData("a:\n  b: 1\n  b: 2\n", "'a.b' is written twice")]
    [InlineData("a: *nowhere\n", "no anchor '&nowhere'")]
    [InlineData("a: &x [*x]\n", "levels deep")]
    [InlineData("? [a]\n: 1\n", "plain text")]
    [InlineData("a: 1\n\tb: 2\n", "YAML")]
    public void What_cannot_be_a_manifest_is_refused_with_its_line(string text, string fragment)
    {
        var refusal = Assert.Throws<ManifestSyntaxException>(() => YamlDocuments.Read(text));

        Assert.Contains(fragment, refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.Line);
    }

    [Fact]
    public void Aliases_that_multiply_are_stopped()
    {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 9).Select(level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n"));

        var refusal = Assert.Throws<ManifestSyntaxException>(() => YamlDocuments.Read(bomb));

        Assert.Contains("aliases", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_stopped()
    {
        var deep = $"a: {new string('[', 10_000)}{new string(']', 10_000)}\n";

        Assert.Contains("levels deep", Assert.Throws<ManifestSyntaxException>(() => YamlDocuments.Read(deep)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("1.2")]
    [InlineData("2027-03-01T00:00:00Z")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData(" leading and trailing ")]
    [InlineData("colon: in the middle")]
    [InlineData("# no comment")]
    [InlineData("two\nlines\n")]
    [InlineData("  indented\n  lines")]
    [InlineData("carriage\r\nreturn")]
    [InlineData("'quoted' \"twice\"")]
    [InlineData("sha256:0123")]
    [InlineData("*")]
    [InlineData("tab\tand ünïcode 🚪")]
    [InlineData("- dash")]
    [InlineData("0x10")]
    [InlineData("\u0000\u0085\u2028")]
    public void What_is_written_reads_back_the_same(string text)
    {
        var document = new JsonObject { ["text"] = text, ["list"] = new JsonArray(text, 1, true, null), ["none"] = new JsonArray(), ["empty"] = new JsonObject(), [text.Length == 0 ? "k" : text] = 1 };

        var again = YamlDocuments.Read(YamlWriter.Write(document)).Single().Root;

        Assert.Equal(document.ToJsonString(), again!.ToJsonString());
    }
}
