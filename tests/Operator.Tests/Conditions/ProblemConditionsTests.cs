using Portcullis.Operator.Conditions;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Tests.Conditions;

public sealed class ProblemConditionsTests
{
    [Theory]
    [InlineData(ProblemReason.TrustBundleNotFound)]
    [InlineData(ProblemReason.ReferenceNotPermitted)]
    [InlineData(ProblemReason.ServiceNotFound)]
    [InlineData(ProblemReason.SourceNotFound)]
    [InlineData(ProblemReason.KeyNotFound)]
    public void What_is_missing_may_still_arrive_and_stalls_nothing(ProblemReason reason) => Assert.False(ProblemConditions.NeedsEdit(Of(reason)));

    [Theory]
    [InlineData(ProblemReason.InvalidPem)]
    [InlineData(ProblemReason.PrivateKeyInSource)]
    [InlineData(ProblemReason.UnsupportedValue)]
    [InlineData(ProblemReason.HostnameConflicted)]
    public void What_only_an_edit_heals_stalls(ProblemReason reason) => Assert.True(ProblemConditions.NeedsEdit(Of(reason)));

    [Fact]
    public void Every_problem_makes_exactly_one_condition_false()
    {
        foreach (var reason in Enum.GetValues<ProblemReason>())
        {
            var accepted = ProblemConditions.Answer(ConditionType.Accepted, [Of(reason)], "Accepted", "fine");
            var resolved = ProblemConditions.Answer(ConditionType.ResolvedRefs, [Of(reason)], "ResolvedRefs", "fine");

            Assert.NotEqual(accepted.IsTrue, resolved.IsTrue);
            Assert.Matches("^[A-Z][A-Za-z]+$", (accepted.IsTrue ? resolved : accepted).Reason);
        }
    }

    [Fact]
    public void Many_problems_are_counted_beyond_the_sixteenth()
    {
        var answer = ProblemConditions.Answer(ConditionType.Accepted, [.. Enumerable.Repeat(Of(ProblemReason.InvalidValue), 20)], "Accepted", "fine");

        Assert.EndsWith("And 4 more problems.", answer.Message, StringComparison.Ordinal);
    }

    private static Problem Of(ProblemReason reason) => new(reason, "spec.field", "Something is wrong. Correct it.");
}
