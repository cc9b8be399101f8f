using System.Collections.Immutable;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>The condition BackendsVerified: what real handshakes said, in the words of the verdict (P8). It never makes a route unready.</summary>
internal static class Verification
{
    private const int MostNamed = 4;

    public static Answer Answer(TranslatedRoute route, ImmutableArray<BackendObservation> observations)
    {
        var refusals = observations
            .Where(observation => observation.Verdict is Verdict.Refused)
            .Select(observation => (observation.Backend, Refused: (Verdict.Refused)observation.Verdict))
            .OrderBy(refusal => refusal.Backend, StringComparer.Ordinal)
            .ThenBy(refusal => refusal.Refused.Reason)
            .ThenBy(refusal => refusal.Refused.Evidence.Endpoint, StringComparer.Ordinal)
            .ToImmutableArray();

        if (!refusals.IsEmpty)
        {
            var texts = refusals.Select(refusal => Text(refusal.Backend, refusal.Refused)).Distinct().Take(MostNamed);
            var isOneReason = refusals.Length == observations.Length && refusals.All(refusal => refusal.Refused.Reason == refusals[0].Refused.Reason);
            return new Answer(
                ConditionType.BackendsVerified,
                Conditions.Answer.False,
                isOneReason ? refusals[0].Refused.Reason.ToString() : "MixedResults",
                string.Join(' ', texts));
        }

        var unseen = route.Endpoints.Keys.Where(backend => observations.All(observation => observation.Backend != backend)).ToImmutableArray();

        return observations.IsEmpty || !unseen.IsEmpty
            ? new Answer(
                ConditionType.BackendsVerified,
                Conditions.Answer.Unknown,
                "NotProbed",
                observations.IsEmpty
                    ? "No gateway has connected to a backend of this route yet."
                    : $"No gateway has connected yet to {string.Join(", ", unseen.Select(backend => $"'{backend}'"))}.")
            : new Answer(ConditionType.BackendsVerified, Conditions.Answer.True, "Verified", "Every backend that was connected to proved its identity.");
    }

    private static string Text(string backend, Verdict.Refused refused) =>
        $"{VerdictText.Code(refused.Reason)} backend '{backend}': {VerdictText.Message(refused)}. {VerdictText.Remedy(refused)}";
}
