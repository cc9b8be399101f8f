using System.Security.Authentication;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Tests.Trust;

/// <summary>The whole certificate matrix, through both ways into the judge.</summary>
[Trait("Promise", "P1")]
public sealed class TrustMatrixTests
{
    public static TheoryData<string> Names => [.. TrustMatrix.Scenarios.Keys];

    public static TheoryData<string> HandshakeNames => [.. TrustMatrix.Served.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void From_certificates_as_recorded(string name)
    {
        var scenario = TrustMatrix.Scenarios[name]();

        var verdict = Judge.Built(scenario.Sent[0], scenario.Sent, scenario.Expectation, scenario.Trust, new Evidence(), scenario.At);

        AssertVerdict(scenario, verdict);
    }

    [Theory]
    [MemberData(nameof(HandshakeNames))]
    public async Task In_a_handshake(string name)
    {
        var scenario = TrustMatrix.Scenarios[name]();

        var verdict = await Handshake.JudgeAsync(scenario, SslProtocols.Tls13, TestContext.Current.CancellationToken);

        if (scenario.NoHandshake)
        {
            Assert.False(verdict is Verdict.Trusted);
            return;
        }

        Assert.NotNull(verdict);
        AssertVerdict(scenario, verdict);
    }

    [Fact]
    public void The_matrix_has_not_shrunk()
    {
        Assert.True(TrustMatrix.Scenarios.Count >= 210, $"{TrustMatrix.Scenarios.Count} scenarios");
    }

    private static void AssertVerdict(TrustScenario scenario, Verdict verdict)
    {
        if (scenario.Refused is not { } reason)
        {
            var trusted = Assert.IsType<Verdict.Trusted>(verdict, exactMatch: true);
            Assert.Contains(trusted.Anchor.Sha256, scenario.Mounted.Select(certificate => Contract.Digest.Of(certificate.RawData)));
            return;
        }

        var refused = Assert.IsType<Verdict.Refused>(verdict);
        Assert.Equal((reason, refused.Evidence.Detail), (refused.Reason, refused.Evidence.Detail));
        Assert.Contains(scenario.Because ?? "", VerdictText.Message(refused), StringComparison.Ordinal);
        Assert.NotEmpty(VerdictText.Remedy(refused));
    }
}
