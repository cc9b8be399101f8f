using System.Text.Json;
using Portcullis.Operator.Stores.Kubernetes.Publishing;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"b":1,"a":{"d":null,"c":[2,1]}}""", """{ "a": {"c": [2, 1]}, "b": 1.0 }""")]
    [InlineData("""{"a":"\u00e9"}""", """{"a":"é"}""")]
    [InlineData("""[{"y":true,"x":false}]""", """[{"x":false,"y":true}]""")]
    [InlineData("""{"a":1e2}""", """{"a":100}""")]
    public void What_means_the_same_reads_the_same(string left, string right) => Assert.Equal(Canonical(left), Canonical(right));

    [Theory]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("[null]", "[]")]
    [InlineData("""{"a":""}""", "{}")]
    [InlineData("""{"a":[]}""", "{}")]
    [InlineData("""{"a":"1"}""", """{"a":1}""")]
    [InlineData("""{"a":false}""", """{"a":null}""")]
    public void What_differs_reads_differently(string left, string right) => Assert.NotEqual(Canonical(left), Canonical(right));

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CanonicalJson.Of(document.RootElement);
    }
}
