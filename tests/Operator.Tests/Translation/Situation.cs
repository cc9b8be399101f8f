using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>
/// What a case says about the moment around its resources, in a document of kind Situation: <c>now</c>, the declared <c>gateways</c>, the connected
/// <c>replicas</c>, and whether the operator was <c>restarted</c> since the turn before; of a cluster also the <c>pods</c> of each gateway, <c>ledSince</c>, the
/// <c>operatorService</c>, the <c>domains</c>, a text that the <c>sessionKey</c> is made of or its <c>sessionKeyProblem</c>, and the <c>faults</c> of what could not be read.
/// </summary>
internal sealed class Situation(JsonObject content)
{
    public static Situation Plain { get; } = new([]);

    public DateTimeOffset Now => content["now"] is { } now ? DateTimeOffset.Parse((string)now!, null) : new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public bool OperatorRestarted => content["restarted"]?.GetValue<bool>() ?? false;

    /// <summary>Somebody else wrote into what was published.</summary>
    public bool PublicationAltered => content["publicationAltered"]?.GetValue<bool>() ?? false;

    public TranslationOptions Options => new TranslationOptions
    {
        OperatorService = content["operatorService"] is { } service ? ResourceKey.Parse((string)service!) : null,
        SessionKey = content["sessionKey"] is { } text ? new SessionKey(SHA256.HashData(Encoding.UTF8.GetBytes((string)text!))) : null,
        SessionKeyProblem = (string?)content["sessionKeyProblem"],
        ForbiddenEndpoints = Texts(content["forbiddenEndpoints"]),
        Domains = [.. (content["domains"] as JsonArray ?? []).Select(claim => new DomainClaim((string)claim!["domain"]!, Texts(claim["namespaces"])))],
    } is var options && content["gateways"] is JsonArray gateways
        ? options with { Gateways = [.. gateways.Select(gateway => Declared(gateway!))] }
        : options;

    public ImmutableDictionary<ObjectRef, ReadFault> Faults => (content["faults"] as JsonArray ?? []).ToImmutableDictionary(
        fault => new ObjectRef((string)fault!["kind"]!, new ResourceKey((string?)fault["namespace"] ?? "", (string?)fault["name"] ?? "")),
        fault => new ReadFault(Enum.Parse<ReadFaultReason>((string)fault!["reason"]!), (string)fault["message"]!));

    /// <summary>Uid and name are one here.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Pods => (content["pods"] as JsonObject ?? []).ToImmutableSortedDictionary(
        gateway => gateway.Key,
        gateway => Texts(gateway.Value).ToImmutableSortedDictionary(pod => pod, pod => pod, StringComparer.Ordinal),
        StringComparer.Ordinal);

    /// <param name="before">The turn that replicas speak of; null in the first one.</param>
    public FleetState Fleet(TranslationResult? before) => new([.. (content["replicas"] as JsonArray ?? []).Select(replica => Replica(replica!, before))])
    {
        LedSince = content["ledSince"] is { } since ? DateTimeOffset.Parse((string)since!, null) : null,
    };

    private static DeclaredGateway Declared(JsonNode gateway) => new()
    {
        Name = (string)gateway["name"]!,
        RouteNamespaces = Texts(gateway["routeNamespaces"]),
        Namespace = (string?)gateway["namespace"] ?? "",
        Service = (string?)gateway["service"] ?? "",
        Shards = Texts(gateway["shards"]),
    };

    private static ImmutableArray<string> Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(text => (string)text!)];

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
