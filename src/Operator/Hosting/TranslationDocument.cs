using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Hosting;

/// <summary>A translation as people and scripts read it: problems first, then what every gateway is sent, then statuses. Never a key (P9).</summary>
internal static class TranslationDocument
{
    private static readonly ImmutableArray<string> Secrets = ["privateKeyPem", "sessionKey"];

    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Of(ImmutableArray<ManifestProblem> manifests, TranslationResult translation, ImmutableArray<ResourceStatus> statuses) => new()
    {
        ["problems"] = new JsonArray([.. manifests.Select(problem => problem.ToString()).Concat(ProblemsOf(translation)).Select(line => (JsonNode)line)]),
        ["gateways"] = new JsonObject(translation.Configurations.Select(gateway => KeyValuePair.Create(gateway.Key, (JsonNode?)Configuration(gateway.Value)))),
        ["bundles"] = new JsonArray([.. translation.Publication.Bundles.Select(bundle => Bundle(bundle))]),
        ["statuses"] = new JsonArray([.. statuses.Select(Status)]),
    };

    /// <summary>One line each, naming the resource.</summary>
    public static ImmutableArray<string> ProblemsOf(TranslationResult translation) =>
    [
        .. translation.Gateways.Values.SelectMany(gateway => gateway.Problems.Select(problem => $"gateway {gateway.Name}: {problem}")),
        .. translation.TrustBundles.Values.SelectMany(bundle => bundle.Problems.Select(problem => $"{TrustBundle.KindName} {bundle.Key}: {problem}")),
        .. translation.Routes.Values.SelectMany(route => route.Problems.Select(problem => $"{BackendRoute.KindName} {route.Key}: {problem}")),
    ];

    private static JsonObject Configuration(GatewayConfiguration configuration) => new()
    {
        ["revision"] = configuration.Revision.ToString(),
        ["entries"] = new JsonObject(configuration.Entries.Select(entry => KeyValuePair.Create(entry.Key.ToString(), (JsonNode?)Content(entry.Value)))),
    };

    private static JsonObject Content(EncodedEntry entry)
    {
        var content = JsonNode.Parse(entry.Content.Span)!.AsObject();

        foreach (var secret in Secrets.Where(content.ContainsKey))
        {
            content[secret] = "(not shown)";
        }

        return content;
    }

    private static JsonObject Bundle(CompiledBundle bundle) => new()
    {
        ["bundle"] = bundle.Key.ToString(),
        ["digest"] = bundle.Digest.ToString(),
        ["anchors"] = new JsonArray([.. bundle.Anchors.Select(anchor => (JsonNode)anchor.ToString())]),
    };

    private static JsonNode Status(ResourceStatus status) => new JsonObject
    {
        ["kind"] = status is ResourceStatus.OfRoute ? BackendRoute.KindName : TrustBundle.KindName,
        ["name"] = status.Key.ToString(),
        ["status"] = status switch
        {
            ResourceStatus.OfRoute route => JsonSerializer.SerializeToNode(route.Status, ResourceJson.Lenient),
            ResourceStatus.OfBundle bundle => JsonSerializer.SerializeToNode(bundle.Status, ResourceJson.Lenient),
            _ => throw new NotSupportedException($"A status of {status.GetType()} cannot be printed."),
        },
    };
}
