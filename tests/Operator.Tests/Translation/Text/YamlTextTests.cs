using System.Text.Json.Nodes;
using Portcullis.Operator.Translation.Text;

namespace Portcullis.Operator.Tests.Translation.Text;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("No")]
    [InlineData("12")]
    [InlineData("1.2")]
    [InlineData("null")]
    [InlineData("10.1.2.3:8443")]
    [InlineData("[::1]:8443")]
    [InlineData("a: b")]
    [InlineData("trailing ")]
    [InlineData("ends with:")]
    [InlineData("- dash")]
    [InlineData("has # hash")]
    [InlineData("quote \" and \\ and 'single'")]
    [InlineData("Größe")]
    [InlineData("one\ntwo\n")]
    [InlineData("one\n\n  two")]
    [InlineData("  leading\nlines")]
    [InlineData("tab\there")]
    [InlineData("bell\u0007")]
    public void A_text_reads_back_as_the_same_text(string text)
    {
        var yaml = YamlText.Of(new JsonObject { ["value"] = text, [text.Length is > 0 and < 20 && !text.Contains('\n', StringComparison.Ordinal) ? text : "other"] = 1 });

        var read = Assert.Single(YamlNodes.Documents(yaml));
        Assert.Equal(text, (string?)read["value"]);
        Assert.Equal(2, read.Count);
    }

    [Fact]
    public void Nested_values_keep_their_order_and_kind()
    {
        var json = JsonNode.Parse("""{"b":[{"x":1,"a":true},[],{}],"a":null,"c":{"d":[1,"1",[2]]}}""")!;

        var yaml = YamlText.Of(json);

        Assert.Equal(json.ToJsonString(), Assert.Single(YamlNodes.Documents(yaml)).ToJsonString());
        Assert.EndsWith("\n", yaml, StringComparison.Ordinal);
    }
}
