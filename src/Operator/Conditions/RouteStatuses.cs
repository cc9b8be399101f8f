using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>The status of one BackendRoute.</summary>
internal static class RouteStatuses
{
    public static BackendRouteStatus Of(ResourceKey key, BackendRoute route, TranslationResult translation, FleetView fleet, DateTimeOffset now)
    {
        var translated = translation.Routes[key];
        var generation = route.Metadata.Generation ?? 0;
        var (delivery, sightings) = Heard(key, route, translated, translation, fleet);
        ImmutableArray<Answer> answers =
        [
            ProblemConditions.Answer(ConditionType.Accepted, translated.Problems, "Accepted", "The route is valid and owns its hostnames."),
            ProblemConditions.Answer(ConditionType.ResolvedRefs, translated.Problems, "ResolvedRefs", "Every reference leads to something that can be used."),
            delivery.Answer,
            sightings.Answer,
        ];

        return new BackendRouteStatus
        {
            ObservedGeneration = generation,
            Conditions = ConditionList.Of(
                ConditionList.WithSummary(answers, translated.Problems, "Every gateway serves the route as declared."),
                route.Status?.Conditions ?? [],
                generation,
                now),
            ProgrammedReplicas = delivery.Count,
            EarliestExpiry = sightings.EarliestExpiry,
            Backends = sightings.Backends,
        };
    }

    /// <summary>What gateways say. A new leader has not heard all of them yet, and does not take their silence for bad news (P8).</summary>
    private static (Delivery Delivery, Sightings Sightings) Heard(
        ResourceKey key, BackendRoute route, TranslatedRoute translated, TranslationResult translation, FleetView fleet)
    {
        var acknowledged = translated.Gateways.IsEmpty ? null : Acknowledgements.Of(EntryKey.Route(key), translated.Gateways, translation, fleet);
        var delivery = Delivery.Of(acknowledged, () => NotDelivered, translated.Problems);
        var sightings = Sightings.Of(translated, Current(translated, fleet.Observations(key)));
        var before = route.Status is { } status && status.ObservedGeneration == (route.Metadata.Generation ?? 0) ? status : null;

        return before is null || fleet.HasHeardFrom(translated.Gateways)
            ? (delivery, sightings)
            : (translated.Problems.Any(ReadFaults.IsWait) ? delivery : delivery.OrBefore(before.Conditions, before.ProgrammedReplicas), sightings.OrBefore(before));
    }

    private static Answer NotDelivered { get; } =
        new(ConditionType.Programmed, Answer.False, Answer.Pending, "No gateway is sent this route; Accepted says why.");

    /// <summary>What replicas saw at endpoints that are still configured.</summary>
    private static ImmutableArray<BackendObservation> Current(TranslatedRoute route, IEnumerable<BackendObservation> observations) =>
        [.. observations.Where(observation => route.Endpoints.TryGetValue(observation.Backend, out var endpoints) && endpoints.Contains(observation.Endpoint))];
}
