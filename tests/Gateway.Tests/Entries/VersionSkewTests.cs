using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Tests.Proxy.Kit;

namespace Portcullis.Gateway.Tests.Entries;

/// <summary>Entries of another version's operator: what is not known refuses them, and what is absent is never the weaker choice.</summary>
[Trait("Promise", "P1")]
public sealed class VersionSkewTests
{
    private static readonly ResourceKey Secret = new("shop", "front");

    /// <summary>One of each kind, with every part that an entry can have somewhere in it.</summary>
    private static readonly ConfigurationEntry[] Samples =
    [
        Make.Route(Make.Backend(443) with
        {
            Tls = new BackendTls { Bundles = [Make.Corp], PublicKeyPins = ["sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], MaxIntermediates = 1, ClientCertificate = Secret, MinimumVersion = TlsVersion.Tls13 },
            Health = new HealthSettings(),
        }) with { Front = new FrontSettings { Http = PlainHttp.Off } },
        new BundleEntry { Bundle = Make.Corp, Digest = Digest.Of("pem"u8), Anchors = [Digest.Of("der"u8)] },
        new CertificateEntry { Certificate = Secret, ChainPem = "chain", PrivateKeyPem = "key", Hostnames = ["shop.test"] },
        new SettingsEntry { DefaultCertificate = Secret, ForbiddenEndpoints = ["192.0.2.1:443"] },
        new KeepEntry { Entry = EntryKey.Route(Secret), Hostnames = ["shop.test"] },
    ];

    public static TheoryData<string, string> Places => [.. Samples.SelectMany(sample => Objects(Json(sample)).Select(place => (NameOf(sample), place.GetPath())))];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_field_that_this_gateway_does_not_know_refuses_the_entry_wherever_it_is(string sample, string path)
    {
        var content = Json(Sample(sample));
        Objects(content).Single(place => place.GetPath() == path)["verifyAlsoAgainst"] = "something newer";

        Assert.False(TryDecode(sample, content, out _, out var refusal));
        Assert.Contains("upgrade the gateway", refusal!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("something newer", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$.backends[0].tls")]
    [InlineData("$.backends[0].tls.bundles")]
    [InlineData("$.backends[0].endpoints[0].identity")]
    [InlineData("$.backends[0].endpoints[0].identity.names")]
    [InlineData("$.hostnames")]
    [InlineData("$.rules")]
    public void An_entry_without_what_verification_stands_on_is_refused(string path)
    {
        var content = Json(Samples[0]);
        Remove(content, path);

        Assert.False(TryDecode(NameOf(Samples[0]), content, out _, out _));
    }

    [Fact]
    public void A_bundle_that_does_not_say_which_anchors_may_be_used_is_refused()
    {
        var content = Json(Samples[1]);
        Remove(content, "$.anchors");

        Assert.False(TryDecode(NameOf(Samples[1]), content, out _, out _));
    }

    [Fact]
    public void What_an_older_operator_does_not_say_is_the_strict_choice()
    {
        var content = Json(Samples[0]);
        foreach (var path in new[] { "$.backends[0].tls.minimumVersion", "$.backends[0].hostHeader", "$.backends[0].protocol", "$.front" })
        {
            Remove(content, path);
        }

        Assert.True(TryDecode(NameOf(Samples[0]), content, out var entry, out _));
        var route = Assert.IsType<RouteEntry>(entry);
        Assert.Equal(TlsVersion.Tls12, route.Backends[0].Tls.MinimumVersion);
        Assert.Equal([Make.Corp], route.Backends[0].Tls.Bundles);
        Assert.NotEmpty(route.Backends[0].Endpoints[0].Identity.Names);

        // Without a word about plain HTTP it leads to HTTPS.
        Assert.Equal(PlainHttp.Redirect, (route.Front ?? new FrontSettings()).Http);
    }

    [Theory]
    [InlineData("tls10")]
    [InlineData("None")]
    [InlineData("")]
    public void A_value_that_this_gateway_does_not_know_is_not_taken_for_another(string version)
    {
        var content = Json(Samples[0]);
        content["backends"]![0]!["tls"]!["minimumVersion"] = version;

        Assert.False(TryDecode(NameOf(Samples[0]), content, out _, out _));
    }

    [Fact]
    public void A_verification_that_is_null_is_refused()
    {
        var content = Json(Samples[0]);
        content["backends"]![0]!["tls"] = null;

        Assert.False(TryDecode(NameOf(Samples[0]), content, out _, out _));
    }

    private static ConfigurationEntry Sample(string name) => Samples.Single(sample => NameOf(sample) == name);

    private static string NameOf(ConfigurationEntry sample) => sample.Key.Kind + sample.GetType().Name;

    private static JsonObject Json(ConfigurationEntry entry) => JsonNode.Parse(EntryCodec.Encode(entry).Content.Span)!.AsObject();

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject found => found.SelectMany(field => Objects(field.Value)).Prepend(found),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };

    private static void Remove(JsonObject content, string path)
    {
        var parent = path[..path.LastIndexOf('.')];
        Assert.True(Objects(content).Single(place => place.GetPath() == parent).Remove(path[(parent.Length + 1)..]), $"the sample has no {path}");
    }

    private static bool TryDecode(string sample, JsonObject content, out ConfigurationEntry? entry, out EntryProblem? refusal)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(content);
        return EntryCodec.TryDecode(new EncodedEntry(Sample(sample).Key, ContractVersion.Current, bytes, Digest.Of(bytes)), out entry, out refusal);
    }
}
