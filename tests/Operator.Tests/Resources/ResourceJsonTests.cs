using System.Text.Json;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Tests.Resources;

public sealed class ResourceJsonTests
{
    private const string Smallest =
        """
        {"apiVersion":"portcullis.dev/v1alpha1","kind":"BackendRoute","metadata":{"name":"shop","namespace":"default"},
         "spec":{"hostnames":["shop.test"],"rules":[{"name":"all","backendRefs":[{"name":"a"}]}],
                 "backends":[{"name":"a","endpoints":[{"ip":"127.0.0.1","port":443}],"tls":{"validation":{"caCertificateRefs":[{"name":"corp"}],"hostname":"a.test"}}}]}}
        """;

    [Fact]
    public void Absent_fields_have_their_defaults()
    {
        var route = JsonSerializer.Deserialize<BackendRoute>(Smallest, ResourceJson.Strict)!;

        Assert.Equal(["default"], route.Spec.Gateways);
        Assert.Empty(route.Spec.Rules[0].Matches);
        Assert.Equal(1, route.Spec.Rules[0].BackendRefs[0].Weight);
        Assert.Equal(Protocol.HTTP11, route.Spec.Backends[0].Protocol);
        Assert.Equal("1.2", route.Spec.Backends[0].Tls.Validation.MinTLSVersion);
        Assert.Equal(TrustBundle.KindName, route.Spec.Backends[0].Tls.Validation.CaCertificateRefs[0].Kind);
        Assert.Null(route.Status);
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var route = JsonSerializer.Deserialize<BackendRoute>(Smallest, ResourceJson.Strict)!;
        var written = JsonSerializer.Serialize(route, ResourceJson.Strict);

        Assert.Equal(written, JsonSerializer.Serialize(JsonSerializer.Deserialize<BackendRoute>(written, ResourceJson.Strict), ResourceJson.Strict));
    }

    [Theory]
    [InlineData("\"hostname\":\"a.test\"", "\"hostname\":\"a.test\",\"insecureSkipVerify\":true")]
    [InlineData("\"hostname\":\"a.test\"", "\"hostname\":\"a.test\",\"hostname\":\"b.test\"")]
    [InlineData("\"tls\":{", "\"protocol\":1,\"tls\":{")]
    [InlineData("\"tls\":{", "\"protocol\":\"HTTP9\",\"tls\":{")]
    [InlineData("\"hostnames\":[\"shop.test\"],", "")]
    [InlineData("\"rules\":[", "\"gateways\":null,\"rules\":[")]
    public void A_mistake_is_refused(string written, string mistaken)
    {
        var json = Smallest.Replace(written, mistaken, StringComparison.Ordinal);

        Assert.NotEqual(Smallest, json);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<BackendRoute>(json, ResourceJson.Strict));
    }

    [Fact]
    public void A_field_of_a_newer_API_server_is_passed_over_when_reading_leniently()
    {
        var json = Smallest.Replace("\"hostnames\"", "\"newer\":1,\"hostnames\"", StringComparison.Ordinal);

        Assert.Equal(["shop.test"], JsonSerializer.Deserialize<BackendRoute>(json, ResourceJson.Lenient)!.Spec.Hostnames);
    }
}
