using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

/// <summary>What the judge makes of the things a validation callback is given.</summary>
[Trait("Promise", "P1")]
public sealed class JudgedTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Evidence Connection = new() { Endpoint = "10.0.0.7:8443", ServerNameSent = "shop.test", TlsVersion = "1.3" };

    private readonly TestAuthority root = TestAuthority.CreateRoot("Corp Root");
    private readonly X509Certificate2 leaf;
    private readonly TrustSet trust;

    public JudgedTests()
    {
        leaf = root.Issue("shop.test");
        trust = TrustSet.OfAll(TrustScenario.Bundle, [root.Certificate]);
    }

    public void Dispose()
    {
        leaf.Dispose();
        root.Dispose();
    }

    [Fact]
    public void A_verified_certificate_is_trusted_with_its_evidence()
    {
        using var chain = Build(leaf, trust);

        var trusted = Assert.IsType<Verdict.Trusted>(Judged(leaf, chain, SslPolicyErrors.None));

        Assert.Equal(root.Fingerprint, trusted.Anchor.Sha256);
        Assert.Equal("10.0.0.7:8443", trusted.Evidence.Endpoint);
        Assert.Equal("shop.test", trusted.Evidence.ServerNameSent);
        Assert.Equal("1.3", trusted.Evidence.TlsVersion);
        Assert.Equal(["DNS:shop.test"], trusted.Evidence.NamesChecked.Select(name => name.ToString()));
        Assert.Equal(["CN=shop.test", "CN=Corp Root"], trusted.Evidence.Chain.Select(facts => facts.Subject));
        Assert.Equal(["CN=shop.test"], trusted.Evidence.Presented.Select(facts => facts.Subject));
        Assert.Equal([TrustScenario.Bundle], trusted.Evidence.Bundles);
        Assert.Equal(["CN=Corp Root"], trusted.Evidence.Anchors);
        Assert.Null(trusted.Evidence.Detail);
    }

    [Fact]
    public void No_certificate_is_refused()
    {
        using var chain = Build(leaf, trust);

        var refused = Refused(Judged(null, chain, SslPolicyErrors.None));

        Assert.Equal(VerdictReason.MalformedCertificate, refused.Reason);
        Assert.Equal("no certificate was presented", refused.Evidence.Detail);
        Assert.Equal([TrustScenario.Bundle], refused.Evidence.Bundles);
        Assert.Single(refused.Evidence.NamesChecked);
    }

    [Fact]
    public void No_chain_is_refused() => Refused(Judged(leaf, null, SslPolicyErrors.None));

    [Fact]
    public void An_unavailable_certificate_is_refused_whatever_else_there_is()
    {
        using var chain = Build(leaf, trust);

        Refused(Judged(leaf, chain, SslPolicyErrors.RemoteCertificateNotAvailable));
    }

    [Fact]
    public void Chain_errors_are_refused_even_when_the_chain_looks_good()
    {
        using var chain = Build(leaf, trust);

        Refused(Judged(leaf, chain, SslPolicyErrors.RemoteCertificateChainErrors));
    }

    [Fact]
    public void A_chain_with_a_status_is_refused_even_when_no_error_is_reported()
    {
        using var strangers = TestAuthority.CreateRoot("Foreign Root");
        using var chain = Build(leaf, TrustSet.OfAll(TrustScenario.Bundle, [strangers.Certificate]));

        Refused(Judged(leaf, chain, SslPolicyErrors.None));
    }

    [Fact]
    public void A_chain_over_other_roots_is_refused()
    {
        using var strangers = TestAuthority.CreateRoot("Corp Root");
        using var forged = strangers.Issue("shop.test");
        using var chain = Build(forged, TrustSet.OfAll(TrustScenario.Bundle, [strangers.Certificate]));

        var refused = Refused(Judged(forged, chain, SslPolicyErrors.None));

        Assert.Equal(VerdictReason.UnknownAuthority, refused.Reason);
    }

    [Fact]
    public void A_chain_of_another_leaf_is_refused()
    {
        using var other = root.Issue("shop.test");
        using var chain = Build(other, trust);

        Refused(Judged(leaf, chain, SslPolicyErrors.None));
    }

    [Fact]
    public void A_chain_built_for_another_moment_is_held_to_this_one()
    {
        using var old = root.Issue(CertificateRecipe.ForServer("shop.test") with { NotAfter = At.AddDays(-1) });
        using var chain = Build(old, trust, At.AddDays(-2));

        var refused = Refused(Judged(old, chain, SslPolicyErrors.None));

        Assert.Equal(VerdictReason.CertificateExpired, refused.Reason);
    }

    [Fact]
    public void A_chain_through_a_certificate_that_nobody_sent_or_mounted_is_refused()
    {
        using var issuing = root.CreateIntermediate("Corp Issuing CA");
        using var issued = issuing.Issue("shop.test");
        var found = new CandidateChain([issued, issuing.Certificate, root.Certificate], IsComplete: true, X509ChainStatusFlags.NoError);

        var verdict = new Case { Leaf = issued, Peer = [issued], Trust = trust, Connection = Connection, At = At, Given = found }.Decide(Expect("shop.test"));

        var refused = Refused(verdict);
        Assert.Equal(VerdictReason.IncompleteChain, refused.Reason);
        Assert.Contains("neither sent nor", refused.Evidence.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_chain_is_refused()
    {
        var empty = new CandidateChain([], IsComplete: true, X509ChainStatusFlags.NoError);

        var refused = Refused(new Case { Leaf = leaf, Peer = [leaf], Trust = trust, Connection = Connection, At = At, Given = empty }.Decide(Expect("shop.test")));

        Assert.Equal("no chain could be built from it", refused.Evidence.Detail);
    }

    [Fact]
    public void The_dialed_name_refuses_when_it_is_the_identity()
    {
        using var chain = Build(leaf, trust);

        var refused = Refused(Judged(leaf, chain, SslPolicyErrors.RemoteCertificateNameMismatch));

        Assert.Equal(VerdictReason.HostnameMismatch, refused.Reason);
    }

    [Fact]
    public void The_dialed_address_refuses_when_it_is_the_identity()
    {
        using var addressed = root.Issue(CertificateRecipe.ForServer().WithIp("10.0.0.7"));
        using var chain = Build(addressed, trust);

        var expectation = new PeerExpectation { Identity = TrustScenario.Ip("10.0.0.7") };
        Refused(Judge.Judged(addressed, chain, SslPolicyErrors.RemoteCertificateNameMismatch, expectation, trust, Connection, At));
        Assert.IsType<Verdict.Trusted>(Judge.Judged(addressed, chain, SslPolicyErrors.None, expectation, trust, Connection, At));
    }

    [Fact]
    public void The_dialed_name_does_not_count_when_the_identity_comes_from_subjectAltNames()
    {
        using var chain = Build(leaf, trust);
        PeerIdentity[] identities =
        [
            TrustScenario.AnyOf("front.test", new SubjectName(SubjectNameKind.Dns, "shop.test")),
            TrustScenario.AnyOf("front.test", new SubjectName(SubjectNameKind.Dns, "front.test"), new SubjectName(SubjectNameKind.Dns, "shop.test")),
            TrustScenario.AnyOf(null, new SubjectName(SubjectNameKind.Dns, "shop.test")),
        ];

        Assert.All(identities, identity => Assert.IsType<Verdict.Trusted>(
            Judge.Judged(leaf, chain, SslPolicyErrors.RemoteCertificateNameMismatch, new PeerExpectation { Identity = identity }, trust, Connection, At)));
    }

    [Fact]
    public void The_case_of_the_dialed_name_does_not_make_it_another()
    {
        using var chain = Build(leaf, trust);
        var identity = TrustScenario.AnyOf("SHOP.test", new SubjectName(SubjectNameKind.Dns, "shop.test"));

        Refused(Judge.Judged(leaf, chain, SslPolicyErrors.RemoteCertificateNameMismatch, new PeerExpectation { Identity = identity }, trust, Connection, At));
    }

    [Fact]
    public void A_uri_that_is_spelled_like_the_server_name_is_not_the_server_name()
    {
        using var named = root.Issue(CertificateRecipe.ForServer("other.test").WithUri("shop.test"));
        using var chain = Build(named, trust);
        var identity = TrustScenario.AnyOf("shop.test", new SubjectName(SubjectNameKind.Uri, "shop.test"));

        Assert.IsType<Verdict.Trusted>(
            Judge.Judged(named, chain, SslPolicyErrors.RemoteCertificateNameMismatch, new PeerExpectation { Identity = identity }, trust, Connection, At));
    }

    [Fact]
    public void An_identity_without_names_matches_nothing()
    {
        using var chain = Build(leaf, trust);

        var refused = Refused(Judge.Judged(
            leaf, chain, SslPolicyErrors.None, new PeerExpectation { Identity = new PeerIdentity { ServerName = "shop.test", Names = [] } }, trust, Connection, At));

        Assert.Equal(VerdictReason.HostnameMismatch, refused.Reason);
    }

    [Fact]
    public void A_required_name_that_is_no_name_matches_nothing()
    {
        string[] names = ["", " ", "shop..test", "sho p.test", "*.test", new string('a', 300), "\0", "shop.test\0"];

        Assert.All(names, name => Refused(Judge.Built(leaf, [leaf], Expect(name), trust, Connection, At)));
    }

    [Fact]
    public void Whatever_throws_is_a_refusal()
    {
        using var broken = TestAuthority.CreateRoot("Corp Root");
        var halfGone = TrustSet.OfAll(TrustScenario.Bundle, [root.Certificate, X509CertificateLoader.LoadCertificate(broken.Certificate.RawData)]);
        halfGone.Anchors[1].Dispose();

        var refused = Refused(Judge.Built(leaf, [leaf], Expect("shop.test"), halfGone, Connection, At));

        Assert.Equal(VerdictReason.MalformedCertificate, refused.Reason);
        Assert.Equal("it cannot be read", refused.Evidence.Detail);
    }

    [Fact]
    public void A_leaf_that_is_gone_is_a_refusal()
    {
        using var chain = Build(leaf, trust);
        var gone = root.Issue("shop.test");
        gone.Dispose();

        Assert.Equal("it cannot be read", Refused(Judge.Built(gone, [leaf], Expect("shop.test"), trust, Connection, At)).Evidence.Detail);
        Assert.Equal("it cannot be read", Refused(Judged(gone, chain, SslPolicyErrors.None)).Evidence.Detail);
    }

    [Fact]
    public void The_chain_alone_asks_for_no_name()
    {
        using var other = root.Issue("other.test");
        using var foreign = TestAuthority.CreateRoot("Foreign Root");
        using var forged = foreign.Issue("shop.test");

        Assert.IsType<Verdict.Trusted>(ChainAlone.Built(other, [], trust, At));
        Assert.Equal(VerdictReason.UnknownAuthority, Refused(ChainAlone.Built(forged, [], trust, At)).Reason);
    }

    [Fact]
    public void The_peers_certificates_are_told_from_those_of_the_bundle()
    {
        using var issuing = root.CreateIntermediate("Corp Issuing CA");
        using var issued = issuing.Issue("shop.test");
        var withIntermediate = TrustSet.OfAll(TrustScenario.Bundle, [root.Certificate, root.CreateIntermediate("Unused CA").Certificate]);
        using var chain = Build(issued, withIntermediate, At, issued, issuing.Certificate);

        Assert.Equal([issued, issuing.Certificate], PeerCertificates.Of(issued, chain, withIntermediate));
    }

    [Fact]
    public void The_leaf_is_counted_once_wherever_it_stands()
    {
        using var issuing = root.CreateIntermediate("Corp Issuing CA");

        Assert.Equal([leaf, issuing.Certificate], PeerCertificates.Of(leaf, [issuing.Certificate, leaf]));
        Assert.Equal([leaf, issuing.Certificate], PeerCertificates.Of(leaf, [issuing.Certificate]));
        Assert.Equal([leaf, leaf], PeerCertificates.Of(leaf, [leaf, leaf]));
    }

    [Fact]
    public void Alternatives_are_bounded_whatever_is_sent()
    {
        TestAuthority[] roots = [.. Enumerable.Range(0, 30).Select(_ => TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root") with { WithoutKeyIdentifiers = true }))];
        ImmutableArray<X509Certificate2> mounted = [.. roots.Select(one => one.Certificate)];
        using var foreign = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root") with { WithoutKeyIdentifiers = true });
        using var forged = foreign.Issue(CertificateRecipe.ForServer("shop.test") with { WithoutKeyIdentifiers = true });

        var tried = CandidateChains.Alternatives(forged, [forged], TrustSet.OfAll(TrustScenario.Bundle, mounted), At).ToArray();

        Assert.Equal(CandidateChains.MostAlternatives, tried.Length);
        Assert.All(tried, candidate => Assert.False(candidate.IsComplete));
    }

    [Fact]
    public void Nothing_is_tried_again_when_no_names_are_shared()
    {
        using var foreign = TestAuthority.CreateRoot("Foreign Root");
        using var forged = foreign.Issue("shop.test");

        Assert.Empty(CandidateChains.Alternatives(forged, [forged], trust, At));
    }

    [Fact]
    public void Evidence_is_made_of_whatever_can_be_read()
    {
        using var malformed = root.Issue(CertificateRecipe.ForServer().With(new X509Extension("2.5.29.17", [0x04, 0x01, 0x00], critical: false)) with { Subject = "CN=shop.test" });

        var facts = Refused(Judge.Built(malformed, [malformed], Expect("shop.test"), trust, Connection, At)).Evidence.Presented[0];

        Assert.Equal("CN=shop.test", facts.Subject);
        Assert.Empty(facts.SubjectAltNames);
    }

    [Fact]
    public void Evidence_is_bounded_and_made_of_what_can_be_read()
    {
        var names = Enumerable.Range(0, 30).Select(number => $"{new string('a', 60)}{number}.{new string('b', 60)}.{new string('c', 60)}.{new string('d', 60)}.{new string('e', 60)}.test");
        using var wordy = root.Issue(CertificateRecipe.ForServer([.. names]) with { Subject = $"CN={new string('x', 60)}, O={new string('y', 300)}" });

        var facts = Refused(Judge.Built(wordy, [wordy], Expect("shop.test"), trust, Connection, At)).Evidence.Presented[0];

        Assert.Equal(10, facts.SubjectAltNames.Length);
        Assert.Equal(257, facts.Subject.Length);
        Assert.Equal(257, facts.SubjectAltNames[0].Value.Length);
        Assert.EndsWith("…", facts.Subject, StringComparison.Ordinal);
        Assert.Equal(CertificateRecipe.DefaultNotAfter, facts.NotAfter);
        Assert.Equal(CertificateRecipe.DefaultNotBefore, facts.NotBefore);
        Assert.StartsWith("sha256/", facts.PublicKeyPin, StringComparison.Ordinal);
    }

    private static X509Chain Build(X509Certificate2 leaf, TrustSet trust, DateTimeOffset? at = null, params X509Certificate2[] sent)
    {
        var chain = new X509Chain { ChainPolicy = ChainPolicies.For(trust, at ?? At) };
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.Build(leaf);
        return chain;
    }

    private static PeerExpectation Expect(string name) => new() { Identity = TrustScenario.Dns(name) };

    private static Verdict.Refused Refused(Verdict verdict) => Assert.IsType<Verdict.Refused>(verdict);

    private Verdict Judged(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        Judge.Judged(certificate, chain, errors, Expect("shop.test"), trust, Connection, At);
}
