using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Hosting;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Files;
using Portcullis.Operator.Translation;

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
        var snapshot = WithPublications(order?.Invoke(input.Snapshot()) ?? input.Snapshot(), before, situation.PublicationAltered);
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

        return snapshot with
        {
            PublishedBundles = (before?.Result.Publication.Bundles ?? []).ToImmutableSortedDictionary(
                bundle => bundle.Key,
                bundle => altered ? bundle.Pem + "\n" : bundle.Pem),
        };
    }
}
