using System.Collections.Immutable;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>Answers → conditions. The time of a transition stays while the status does, so that nothing is written when nothing happened.</summary>
internal static class ConditionList
{
    // As metav1.Condition allows.
    private const int LongestMessage = 32768;

    public static ImmutableArray<Condition> Of(IEnumerable<Answer> answers, ImmutableArray<Condition> before, long generation, DateTimeOffset now) =>
    [
        .. answers.Select(answer => new Condition
        {
            Type = answer.Type,
            Status = answer.Status,
            Reason = answer.Reason,
            Message = answer.Message.Length <= LongestMessage ? answer.Message : answer.Message[..LongestMessage],
            ObservedGeneration = generation,
            LastTransitionTime = before.FirstOrDefault(old => old.Type == answer.Type && old.Status == answer.Status)?.LastTransitionTime ?? now,
        }),
    ];

    /// <summary>The summary that kstatus, Flux and Argo CD read, and the abnormal conditions that belong to it.</summary>
    public static IEnumerable<Answer> WithSummary(ImmutableArray<Answer> answers, ImmutableArray<Problem> problems, string readyMessage)
    {
        var failing = answers.FirstOrDefault(answer => !answer.IsTrue && answer.Type != ConditionType.BackendsVerified);
        var needsEdit = problems.FirstOrDefault(ProblemConditions.NeedsEdit);

        foreach (var answer in answers)
        {
            yield return answer;
        }

        yield return failing is null
            ? new Answer(ConditionType.Ready, Answer.True, "Ready", readyMessage)
            : failing with { Type = ConditionType.Ready, Status = Answer.False };

        if (needsEdit is not null)
        {
            yield return new Answer(ConditionType.Stalled, Answer.True, ProblemConditions.ReasonOf(needsEdit), needsEdit.ToString());
        }
        else if (failing is { Reason: Conditions.Answer.Pending } or { Type: ConditionType.Programmed, Reason: "NoReplicas" })
        {
            yield return failing with { Type = ConditionType.Reconciling, Status = Answer.True };
        }
    }
}
