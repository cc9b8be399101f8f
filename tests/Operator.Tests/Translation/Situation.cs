using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>
/// What a case says about the moment around its resources, in a document of kind Situation: <c>now</c>, the declared <c>gateways</c>, the connected
/// <c>replicas</c>, and whether the operator was <c>restarted</c> since the turn before.
/// </summary>
internal sealed class Situation(JsonObject content)
{
    public static Situation Plain { get; } = new([]);

    public DateTimeOffset Now => content["now"] is { } now ? DateTimeOffset.Parse((string)now!, null) : new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public bool OperatorRestarted => content["restarted"]?.GetValue<bool>() ?? false;

    /// <summary>Somebody else wrote into what was published.</summary>
    public bool PublicationAltered => content["publicationAltered"]?.GetValue<bool>() ?? false;

    public TranslationOptions Options => content["gateways"] is JsonArray gateways
        ? new TranslationOptions { Gateways = [.. gateways.Select(gateway => Declared(gateway!))] }
        : new TranslationOptions();

    /// <param name="before">The turn that replicas speak of; null in the first one.</param>
    public FleetState Fleet(TranslationResult? before) => new([.. (content["replicas"] as JsonArray ?? []).Select(replica => Replica(replica!, before))]);

    private static DeclaredGateway Declared(JsonNode gateway) => new()
    {
        Name = (string)gateway["name"]!,
        RouteNamespaces = [.. (gateway["routeNamespaces"] as JsonArray ?? []).Select(ns => (string)ns!)],
    };

    private static GatewayState Replica(JsonNode replica, TranslationResult? before)
    {
        var gateway = (string?)replica["gateway"] ?? "default";
        var name = (string)replica["name"]!;

        return new GatewayState
        {
            Gateway = gateway,
            PodName = name,
            PodUid = name,
            Applied = replica["applied"]?.GetValue<bool>() == true && before is not null
                ? new AppliedConfiguration
                {
                    Epoch = 1,
                    Sequence = 1,
                    Revision = before.Configurations[gateway].Revision,
                    Refused = Problems(replica["refused"]),
                    Pending = Problems(replica["pending"]),
                }
                : null,
            Bundles = replica["mounted"]?.GetValue<bool>() == true && before is not null
                ? before.Publication.Bundles.ToImmutableSortedDictionary(
                    bundle => bundle.Key, bundle => new BundleReport { Bundle = bundle.Key, Mounted = bundle.Digest, AnchorsInForce = bundle.Anchors.Length })
                : ImmutableSortedDictionary<ResourceKey, BundleReport>.Empty,
            Observations = [.. (replica["observations"] as JsonArray ?? []).Select(observation => Observation(observation!))],
        };
    }

    private static ImmutableArray<EntryProblem> Problems(JsonNode? problems) =>
        [.. (problems as JsonObject ?? []).Select(problem => new EntryProblem(EntryKey.Parse(problem.Key), (string)problem.Value!))];

    private static BackendObservation Observation(JsonNode observation) => new()
    {
        Route = ResourceKey.Parse((string)observation["route"]!),
        Backend = (string)observation["backend"]!,
        Endpoint = (string)observation["endpoint"]!,
        Verdict = observation["verdict"].Deserialize(ContractJson.Verdict)!,
    };
}
