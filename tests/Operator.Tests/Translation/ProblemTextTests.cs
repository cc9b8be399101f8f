using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Tests.Translation;

public sealed class ProblemTextTests
{
    [Fact]
    public void Every_reason_has_its_own_code_and_meaning()
    {
        var reasons = Enum.GetValues<ProblemReason>();

        Assert.Equal(reasons.Length, reasons.Select(ProblemText.Code).Distinct().Count());
        Assert.Equal(reasons.Length, reasons.Select(ProblemText.Meaning).Distinct().Count());
        Assert.All(reasons, reason => Assert.Matches("^PC1[0-9]{3}$", ProblemText.Code(reason)));
    }

    [Fact]
    public void A_code_leads_back_to_its_reason()
    {
        foreach (var reason in Enum.GetValues<ProblemReason>())
        {
            Assert.True(ProblemText.TryFind(ProblemText.Code(reason), out var found));
            Assert.Equal(reason, found);
        }

        Assert.False(ProblemText.TryFind("PC2001", out _));
    }
}
