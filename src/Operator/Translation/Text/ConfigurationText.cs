using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Operator.Translation.Text;

/// <summary>A translation as <c>operator translate</c> prints it: what every gateway runs and what is mounted. Private keys are left out (P9).</summary>
public static class ConfigurationText
{
    private const string KeyNotShown = "(not shown)";

    public static string Yaml(TranslationResult result) => YamlText.Of(Json(result));

    public static JsonObject Json(TranslationResult result) => new()
    {
        ["gateways"] = new JsonArray([.. result.Gateways.Values.Select(gateway => Gateway(gateway, result.Configurations[gateway.Name]))]),
        ["bundles"] = new JsonArray([.. result.Bundles.Select(Bundle)]),
    };

    private static JsonObject Gateway(TranslatedGateway gateway, GatewayConfiguration configuration)
    {
        var text = new JsonObject
        {
            ["name"] = gateway.Name,
            ["revision"] = configuration.Revision.ToString(),
            ["entries"] = new JsonArray([.. configuration.Entries.Values.Select(Entry)]),
        };

        if (!gateway.Problems.IsEmpty)
        {
            text["problems"] = new JsonArray([.. gateway.Problems.Select(problem => (JsonNode)problem.ToString())]);
        }

        return text;
    }

    private static JsonNode Entry(EncodedEntry encoded)
    {
        var entry = EntryCodec.TryDecode(encoded, out var decoded, out var refusal)
            ? decoded
            : throw new InvalidOperationException($"An entry that was just encoded {refusal.Message}: {refusal.Entry}.");

        // By type and not by looking for something like a key: what is not a certificate entry has none.
        var shown = entry is CertificateEntry certificate ? certificate with { PrivateKeyPem = KeyNotShown } : entry;
        return JsonSerializer.SerializeToNode(shown, ContractJson.Entry)!;
    }

    private static JsonNode Bundle(CompiledBundle bundle) => new JsonObject
    {
        ["key"] = bundle.Key.ToString(),
        ["digest"] = bundle.Digest.ToString(),
        ["anchors"] = new JsonArray([.. bundle.Anchors.Select(anchor => (JsonNode)anchor.ToString())]),
        ["sizeBytes"] = bundle.Pem.Length,
    };
}
