using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

/// <summary>Each rule alone, on paths that X509Chain would not have built: no rule relies on another having looked.</summary>
public sealed class PathRulesTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TestAuthority root = TestAuthority.CreateRoot("Corp Root");

    public void Dispose() => root.Dispose();

    [Fact]
    public void A_good_path_raises_no_objection() => Assert.Null(Objection([root.Issue("shop.test"), root.Certificate]));

    [Fact]
    public void A_path_has_to_end_at_an_anchor_in_force()
    {
        using var other = TestAuthority.CreateRoot("Other Root");
        ImmutableArray<X509Certificate2> path = [other.Issue("shop.test"), other.Certificate];

        var refusal = PathRules.Objection(path, path, TrustSet.OfAll(null, [root.Certificate]), null, At);

        Assert.Equal(VerdictReason.UnknownAuthority, refusal?.Reason);
    }

    [Fact]
    public void An_issuer_without_keyCertSign_is_refused()
    {
        using var issuing = root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Issuing CA") with { KeyUsage = X509KeyUsageFlags.CrlSign });

        var refusal = Objection([issuing.Issue("shop.test"), issuing.Certificate, root.Certificate]);

        Assert.Equal(VerdictReason.WrongKeyUsage, refusal?.Reason);
        Assert.Contains("without keyCertSign", refusal?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_without_key_usage_may_issue()
    {
        using var issuing = root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Issuing CA") with { KeyUsage = null });

        Assert.Null(Objection([issuing.Issue("shop.test"), issuing.Certificate, root.Certificate]));
    }

    [Fact]
    public void An_issuer_that_is_no_CA_is_refused()
    {
        using var issuing = root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Issuing CA") with { IsAuthority = false });

        var refusal = Objection([issuing.Issue("shop.test"), issuing.Certificate, root.Certificate]);

        Assert.Equal(VerdictReason.WrongKeyUsage, refusal?.Reason);
        Assert.Contains("without being a CA", refusal?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_anchor_is_told_from_an_expired_leaf()
    {
        var yesterday = At.AddDays(-1);
        using var expired = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Old Root") with { NotAfter = yesterday });
        using var pinned = TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test") with { NotAfter = yesterday });

        Assert.Equal(VerdictReason.AnchorExpired, Objection([expired.Issue("shop.test"), expired.Certificate])?.Reason);
        Assert.Equal(VerdictReason.CertificateExpired, Objection([root.Issue(CertificateRecipe.ForServer("shop.test") with { NotAfter = yesterday }), root.Certificate])?.Reason);
        Assert.Equal(VerdictReason.CertificateExpired, Objection([pinned])?.Reason);
    }

    [Fact]
    public void The_first_constraint_in_the_way_is_named()
    {
        using var issuing = root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Issuing CA").With(TestExtensions.NameConstraints(permitted: ["corp.test"])));
        ImmutableArray<SubjectName> names = [new(SubjectNameKind.Dns, "one.test"), new(SubjectNameKind.Dns, "two.test")];

        var refusal = IdentityRules.Constrained([issuing.Issue("one.test", "two.test"), issuing.Certificate, root.Certificate], names, names);

        Assert.Equal(new Refusal(VerdictReason.NameConstraintViolated, "\"Corp Issuing CA\" permits only DNS:corp.test, verified was DNS:one.test"), refusal);
    }

    [Fact]
    public void Constraints_of_every_kind_are_read_and_those_of_other_kinds_left_aside()
    {
        byte[] uri = [0x30, 0x0B, 0x86, 9, .. "corp.test"u8];
        byte[] mail = [0x30, 0x05, 0x81, 3, .. "a@b"u8];
        byte[] directory = [0x30, 0x04, 0xA4, 2, 0x30, 0x00];
        byte[] subtrees = [.. uri, .. mail, .. directory];
        using var issuing = Constrained([0x30, (byte)(subtrees.Length + 2), 0xA0, (byte)subtrees.Length, .. subtrees]);

        var constraints = NameConstraints.Of(issuing);

        Assert.Equal(["URI:corp.test"], constraints!.Permitted.Select(constraint => constraint.ToString()));
        Assert.Empty(constraints.Excluded);
    }

    [Fact]
    public void Constraints_followed_by_something_are_malformed()
    {
        using var issuing = Constrained([0x30, 0x0F, 0xA0, 0x0D, 0x30, 0x0B, 0x82, 9, .. "corp.test"u8, 0x05, 0x00]);

        Assert.Throws<AsnContentException>(() => NameConstraints.Of(issuing));
    }

    [Fact]
    public void Names_followed_by_something_are_malformed()
    {
        using var leaf = root.Issue(CertificateRecipe.ForServer().With(new X509Extension("2.5.29.17", [0x30, 0x0B, 0x82, 9, .. "shop.test"u8, 0x05, 0x00], critical: false)));

        Assert.Throws<AsnContentException>(() => SubjectAltNames.Of(leaf));
    }

    private static Refusal? Objection(ImmutableArray<X509Certificate2> path) => PathRules.Objection(path, path, TrustSet.OfAll(null, [path[^1]]), null, At);

    private X509Certificate2 Constrained(byte[] extension) =>
        root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Issuing CA").With(new X509Extension("2.5.29.30", extension, critical: true))).Certificate;
}
