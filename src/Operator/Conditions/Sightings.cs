using System.Collections.Immutable;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>The condition BackendsVerified and the observations it speaks of.</summary>
/// <param name="Answer">What real handshakes said.</param>
/// <param name="Backends">One row a backend.</param>
/// <param name="EarliestExpiry">Of every certificate of a verified chain; null when none was seen.</param>
internal sealed record Sightings(Answer Answer, ImmutableArray<BackendStatus> Backends, DateTimeOffset? EarliestExpiry)
{
    public static Sightings Of(TranslatedRoute route, ImmutableArray<BackendObservation> observations) => new(
        Verification.Answer(route, observations),
        [
            .. observations
                .GroupBy(observation => observation.Backend, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new BackendStatus { Name = group.Key, Observations = ObservationGroups.Of(group) }),
        ],
        observations
            .Where(observation => observation.Verdict is Verdict.Trusted)
            .SelectMany(observation => observation.Verdict.Evidence.Chain)
            .Select(certificate => (DateTimeOffset?)certificate.NotAfter)
            .Min());

    /// <summary>What a status of the same generation said before, while that is more than what is heard now.</summary>
    public Sightings OrBefore(BackendRouteStatus status)
    {
        var before = status.Conditions.FirstOrDefault(condition => condition.Type == ConditionType.BackendsVerified);

        return before is null || (Rank(Answer.Status) >= Rank(before.Status) && Seen(Backends) >= Seen(status.Backends))
            ? this
            : new Sightings(new Answer(before.Type, before.Status, before.Reason, before.Message), status.Backends, status.EarliestExpiry);
    }

    private static int Seen(ImmutableArray<BackendStatus> backends) =>
        backends.Sum(backend => backend.Observations.Sum(observation => observation.EndpointCount));

    private static int Rank(string status) => status switch
    {
        Conditions.Answer.True => 2,
        Conditions.Answer.Unknown => 1,
        _ => 0,
    };
}
