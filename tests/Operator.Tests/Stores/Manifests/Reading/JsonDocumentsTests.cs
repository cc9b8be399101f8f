using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Tests.Stores.Manifests.Reading;

public sealed class JsonDocumentsTests
{
    [Fact]
    public void Values_one_after_the_other_are_documents_and_lines_are_those_of_the_file()
    {
        var documents = JsonDocuments.Read("{\"a\": 1}\n{\n\t\"b\": [\n\t\t{\"c\": \"\\ud83d\\udeaa\"}\n\t]\n}\n");

        Assert.Equal(2, documents.Length);
        Assert.Equal("🚪", documents[1].Root!["b"]![0]!["c"]!.GetValue<string>());
        Assert.Equal(4, documents[1].Lines.Of("b[0].c"));
    }

    [Theory]
    [InlineData("{\n\"a\": 1,\n}", 3)]
    [InlineData("{\n\"a\": 1,\n\"a\": 2}", 3)]
    [InlineData("{", 1)]
    public void What_is_no_JSON_is_refused_with_its_line(string text, int line) =>
        Assert.Equal(line, Assert.Throws<ManifestSyntaxException>(() => JsonDocuments.Read(text)).Line);

    [Fact]
    public void Deep_nesting_is_stopped() =>
        Assert.Throws<ManifestSyntaxException>(() => JsonDocuments.Read(new string('[', 10_000)));
}
