using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Hosting;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Files;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>One turn of the operator's loop in a case: what it saw and what followed. Bundles and statuses count as published for the turn after.</summary>
internal sealed record CaseTurn(
    ResourceSnapshot Snapshot,
    FleetState Fleet,
    TranslationResult? Previous,
    TranslationResult Result,
    ImmutableArray<ResourceStatus> Statuses)
{
    public static CaseTurn Of(CaseInput input, CaseTurn? before, Func<ResourceSnapshot, ResourceSnapshot>? order = null)
    {
        var situation = input.Situation;
        var read = input.Snapshot() with { Faults = situation.Faults, Pods = situation.Pods };
        var snapshot = WithPublications(order?.Invoke(read) ?? read, before, situation.PublicationAltered);
        var fleet = situation.Fleet(before?.Result);
        var previous = situation.OperatorRestarted ? null : before?.Result;
        var result = Translator.Translate(snapshot, fleet, previous, situation.Options, situation.Now);

        return new CaseTurn(snapshot, fleet, previous, result, ConditionComposer.Compose(snapshot, result, fleet, situation.Now));
    }

    /// <summary>As <c>operator translate</c> prints it.</summary>
    public string Configuration()
    {
        var document = TranslationDocument.Of([], Result, Statuses);
        return YamlWriter.Write(new JsonObject { ["gateways"] = document["gateways"]!.DeepClone(), ["bundles"] = document["bundles"]!.DeepClone() });
    }

    /// <summary>As <c>operator translate</c> prints it.</summary>
    public string Status() => YamlWriter.Write(TranslationDocument.Of([], Result, Statuses)["statuses"]!);

    /// <summary>What each shard holds, by digest, and which pods are awaited; null without shards.</summary>
    public string? Publication() => Result.Publication.Shards.IsEmpty ? null : YamlWriter.Write(new JsonObject
    {
        ["shards"] = new JsonObject(Result.Publication.Shards.Select(shard => KeyValuePair.Create<string, JsonNode?>(
            shard.Key.ToString(),
            new JsonObject(shard.Value.Select(file => KeyValuePair.Create<string, JsonNode?>(file.Key, Digest.Of(Encoding.UTF8.GetBytes(file.Value)).ToString())))))),
        ["awaited"] = new JsonArray([.. Result.Publication.Awaited.Select(pod => (JsonNode)new JsonObject
        {
            ["pod"] = pod.Pod.ToString(),
            ["uid"] = pod.Uid,
            ["wanted"] = pod.Wanted.ToString(),
        })]),
    });

    private static ResourceSnapshot WithPublications(ResourceSnapshot snapshot, CaseTurn? before, bool altered)
    {
        foreach (var status in before?.Statuses ?? [])
        {
            if (status is ResourceStatus.OfRoute route && snapshot.BackendRoutes.TryGetValue(route.Key, out var ofRoute))
            {
                ofRoute.Status = route.Status;
            }
            else if (status is ResourceStatus.OfBundle bundle && snapshot.TrustBundles.TryGetValue(bundle.Key, out var ofBundle))
            {
                ofBundle.Status = bundle.Status;
            }
        }

        using var foreign = TestAuthority.CreateRoot("Foreign");

        return snapshot with
        {
            PublishedBundles = (before?.Result.Publication.Bundles ?? []).ToImmutableSortedDictionary(
                bundle => bundle.Key,
                bundle => altered ? foreign.Pem : bundle.Pem),
            Shards = before?.Result.Publication.Shards ?? snapshot.Shards,
        };
    }
}
