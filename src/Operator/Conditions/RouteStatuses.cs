using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
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
        var observations = Current(translated, fleet.Observations(key));
        var delivered = translated.Gateways.IsEmpty ? null : Acknowledgements.Of(EntryKey.Route(key), translated.Gateways, translation, fleet);
        ImmutableArray<Answer> answers =
        [
            ProblemConditions.Answer(ConditionType.Accepted, translated.Problems, "Accepted", "The route is valid and owns its hostnames."),
            ProblemConditions.Answer(ConditionType.ResolvedRefs, translated.Problems, "ResolvedRefs", "Every reference leads to something that can be used."),
            delivered?.Answer() ?? new Answer(ConditionType.Programmed, Answer.False, "Pending", "No gateway is sent this route; Accepted says why."),
            Verification.Answer(translated, observations),
        ];

        return new BackendRouteStatus
        {
            ObservedGeneration = generation,
            Conditions = ConditionList.Of(
                ConditionList.WithSummary(answers, translated.Problems, "Every gateway serves the route as declared."),
                route.Status?.Conditions ?? [],
                generation,
                now),
            ProgrammedReplicas = delivered?.Count,
            EarliestExpiry = EarliestExpiry(observations),
            Backends =
            [
                .. observations
                    .GroupBy(observation => observation.Backend, StringComparer.Ordinal)
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new BackendStatus { Name = group.Key, Observations = ObservationGroups.Of(group) }),
            ],
        };
    }

    /// <summary>What replicas saw at endpoints that are still configured.</summary>
    private static ImmutableArray<BackendObservation> Current(TranslatedRoute route, IEnumerable<BackendObservation> observations) =>
        [.. observations.Where(observation => route.Endpoints.TryGetValue(observation.Backend, out var endpoints) && endpoints.Contains(observation.Endpoint))];

    private static DateTimeOffset? EarliestExpiry(ImmutableArray<BackendObservation> observations) =>
        observations
            .Where(observation => observation.Verdict is Verdict.Trusted)
            .SelectMany(observation => observation.Verdict.Evidence.Chain)
            .Select(certificate => (DateTimeOffset?)certificate.NotAfter)
            .Min();
}
