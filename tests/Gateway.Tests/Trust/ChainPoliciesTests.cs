using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

public sealed class ChainPoliciesTests
{
    private static readonly DateTimeOffset At = new(2026, 6, 1, 12, 0, 0, TimeSpan.FromHours(2));

    [Fact]
    public void The_policy_trusts_the_set_and_nothing_else_and_fetches_nothing()
    {
        using var root = TestAuthority.CreateRoot("Corp Root");
        using var issuing = root.CreateIntermediate("Corp Issuing CA");

        var policy = ChainPolicies.For(TrustSet.OfAll(TrustScenario.Bundle, [root.Certificate, issuing.Certificate]), At);

        Assert.Equal(X509ChainTrustMode.CustomRootTrust, policy.TrustMode);
        Assert.Equal([root.Certificate], policy.CustomTrustStore);
        Assert.Equal([issuing.Certificate], policy.ExtraStore);
        Assert.True(policy.DisableCertificateDownloads);
        Assert.Equal(X509RevocationMode.NoCheck, policy.RevocationMode);
        Assert.Equal(X509VerificationFlags.NoFlag, policy.VerificationFlags);
        Assert.False(policy.VerificationTimeIgnored);
        Assert.Equal(At.UtcDateTime, policy.VerificationTime);
        Assert.Equal(DateTimeKind.Utc, policy.VerificationTime.Kind);
        Assert.Equal(["1.3.6.1.5.5.7.3.1"], policy.ApplicationPolicy.Cast<System.Security.Cryptography.Oid>().Select(oid => oid.Value));
        Assert.Empty(policy.CertificatePolicy);
    }

    [Fact]
    public void Each_policy_is_its_own()
    {
        Assert.NotSame(ChainPolicies.For(TrustSet.Empty, At), ChainPolicies.For(TrustSet.Empty, At));
    }

    [Fact]
    public void An_issuer_address_in_a_certificate_is_not_called()
    {
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        using var root = TestAuthority.CreateRoot("Corp Root");
        using var issuing = root.CreateIntermediate("Corp Issuing CA");
        var address = new Uri($"http://{trap.LocalEndpoint}/issuing.cer");
        using var leaf = issuing.Issue(CertificateRecipe.ForServer("shop.test").With(TestExtensions.IssuerAddress(address)));

        var verdict = Judge.Built(
            leaf, [leaf], new PeerExpectation { Identity = TrustScenario.Dns("shop.test") }, TrustSet.OfAll(TrustScenario.Bundle, [root.Certificate]), new Evidence(), At);

        Assert.Equal(VerdictReason.IncompleteChain, Assert.IsType<Verdict.Refused>(verdict).Reason);
        Assert.False(trap.Pending());
    }
}
