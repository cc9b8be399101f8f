using System.Collections.Immutable;
using System.Globalization;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>The condition Programmed and the count beside it.</summary>
/// <param name="Answer">What gateways acknowledged.</param>
/// <param name="Count"><c>n/m</c>; null when there is nothing to deliver.</param>
internal sealed record Delivery(Answer Answer, string? Count)
{
    /// <param name="acknowledged">Null when there is nothing to deliver; <paramref name="otherwise"/> says why.</param>
    /// <param name="problems">While one of them waits, what is acknowledged is an earlier translation.</param>
    public static Delivery Of(Acknowledgements? acknowledged, Func<Answer> otherwise, ImmutableArray<Problem> problems)
    {
        if (problems.FirstOrDefault(ReadFaults.IsWait) is { } wait)
        {
            return new Delivery(
                new Answer(ConditionType.Programmed, Conditions.Answer.False, Conditions.Answer.Pending, $"The newest declaration is not delivered yet. {wait}"),
                acknowledged?.OfPredecessor().Count);
        }

        return new Delivery(acknowledged?.Answer() ?? otherwise(), acknowledged?.Count);
    }

    /// <summary>What a status of the same generation said before, while that is more than what is heard now.</summary>
    public Delivery OrBefore(ImmutableArray<Condition> conditions, string? count)
    {
        var before = conditions.FirstOrDefault(condition => condition.Type == ConditionType.Programmed);

        // Without a count nothing depended on replicas: the translation alone decides, and it is of now.
        return before is null || count is null || Count is null || Rank(Answer.IsTrue, Count) >= Rank(before.Status == Conditions.Answer.True, count)
            ? this
            : new Delivery(new Answer(before.Type, before.Status, before.Reason, before.Message), count);
    }

    private static int Rank(bool isTrue, string? count) =>
        isTrue ? int.MaxValue : int.TryParse(count?.Split('/')[0], CultureInfo.InvariantCulture, out var running) ? running : 0;
}
