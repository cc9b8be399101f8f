using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Tests.Entries;

public sealed partial class ContractJsonTests
{
    private static readonly RouteEntry Entry = new()
    {
        Route = new ResourceKey("shop", "orders"),
        Created = DateTimeOffset.UnixEpoch,
        Hostnames = ["orders.example.com"],
        Rules = [new RouteRule { Name = "all", Matches = [new RouteMatch { Path = new PathMatch(PathMatchType.PathPrefix, "/") }], Action = new RuleAction.Forward([new WeightedBackend("orders", 1)]) }],
        Backends =
        [
            new BackendConfiguration
            {
                Name = "orders",
                Endpoints = [new BackendEndpoint { Host = "192.0.2.1", Port = 8443, Identity = new PeerIdentity { ServerName = "orders.internal", Names = [new SubjectName(SubjectNameKind.Dns, "orders.internal")] } }],
                Tls = new BackendTls { Bundles = [new ResourceKey("shop", "corp")] },
            },
        ],
    };

    [Fact]
    public void What_an_older_peer_left_out_has_the_default_of_its_record_and_not_zero()
    {
        var without = Removed(Written(Entry), "connections", "publicKeyPins", "headers", "queryParameters", "minimumVersion");

        var backend = Assert.IsType<RouteEntry>(JsonSerializer.Deserialize(without, ContractJson.Entry)).Backends[0];

        Assert.Equal(TimeSpan.FromSeconds(5), backend.Connections.ConnectTimeout);
        Assert.Equal(1024, backend.Connections.MaximumPerEndpoint);
        Assert.Empty(backend.Tls.PublicKeyPins);
    }

    [Fact]
    public void A_name_that_must_be_verified_cannot_be_left_out()
    {
        var without = ListOfNames().Replace(Written(Entry), "");

        Assert.DoesNotContain("\"names\"", without, StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(without, ContractJson.Entry));
    }

    [Fact]
    public void A_field_that_is_not_known_refuses_the_entry()
    {
        var content = Encoding.UTF8.GetBytes(Written(Entry).Replace("\"serverName\":", "\"checkRevocation\":true,\"serverName\":", StringComparison.Ordinal));

        Assert.False(EntryCodec.TryDecode(new EncodedEntry(Entry.Key, 1, content, Digest.Of(content)), out _, out var problem));
        Assert.Contains("not understood", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_written_and_read_is_written_the_same_again()
    {
        var encoded = EntryCodec.Encode(Entry);

        Assert.True(EntryCodec.TryDecode(encoded, out var decoded, out _));
        Assert.Equal(encoded.Digest, EntryCodec.Encode(decoded).Digest);
    }

    private static string Written(ConfigurationEntry entry) => JsonSerializer.Serialize(entry, ContractJson.Entry);

    private static string Removed(string json, params string[] properties) =>
        properties.Aggregate(json, (rest, name) => Regex.Replace(rest, $@",""{name}"":(\{{[^{{}}]*\}}|\[[^\[\]]*\]|""[^""]*"")", ""));

    [GeneratedRegex(@",""names"":\[[^\]]*\]")]
    private static partial Regex ListOfNames();
}
