using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Operator.Translation;
using Portcullis.Operator.Translation.Bundles;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Translation.Bundles;

public sealed class CertificateListTests
{
    [Fact]
    public void A_root_an_intermediate_and_a_leaf_have_their_roles()
    {
        using var root = TestAuthority.CreateRoot("Root");
        using var issuing = root.CreateIntermediate("Issuing");
        using var leaf = issuing.Issue("shop.test");

        var members = Read(TestPem.Certificates(root.Certificate, issuing.Certificate, leaf));

        Assert.Equal([MemberRole.Anchor, MemberRole.Intermediate, MemberRole.NotAnAnchor], members.Select(member => member.Role));
        Assert.Equal(root.Fingerprint, members[0].Sha256);
    }

    [Fact]
    public void A_self_signed_server_certificate_is_an_anchor_with_or_without_CA_flag()
    {
        using var plain = TestAuthority.SelfSigned(CertificateRecipe.ForServer("printer.test"));
        using var authority = TestAuthority.SelfSigned(CertificateRecipe.ForServer("printer.test") with { IsAuthority = true });
        using var versionOne = TestAuthority.SelfSigned(CertificateRecipe.ForAuthority("Old style") with { Version = 1 });

        Assert.All(Read(TestPem.Certificates(plain, authority, versionOne)), member => Assert.Equal(MemberRole.Anchor, member.Role));
    }

    [Fact]
    public void A_new_certificate_of_a_CA_signed_with_its_old_key_is_an_intermediate()
    {
        using var before = TestAuthority.CreateRoot("Root");
        using var after = TestAuthority.CreateRoot("Root");
        using var bridge = before.CrossSign(after);

        Assert.Equal(bridge.Subject, bridge.Issuer);
        Assert.Equal(MemberRole.Intermediate, Assert.Single(Read(TestPem.Certificates(bridge))).Role);
    }

    [Fact]
    public void Two_roots_with_one_name_stay_two()
    {
        using var one = TestAuthority.CreateRoot("Root");
        using var two = TestAuthority.CreateRoot("Root");

        Assert.Equal(2, Read(TestPem.Certificates(one.Certificate, two.Certificate)).DistinctBy(member => member.Sha256).Count());
    }

    [Fact]
    public void Line_ends_indentation_and_line_lengths_make_no_difference()
    {
        using var root = TestAuthority.CreateRoot("Root");
        var expected = Assert.Single(Read(root.Pem));
        var oneLine = $"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(root.Certificate.RawData)}\n-----END CERTIFICATE-----";

        foreach (var text in new[] { root.Pem.ReplaceLineEndings("\r\n"), Indented(root.Pem), oneLine, "\n\n" + root.Pem + "\n\n" })
        {
            Assert.Equal(expected.Pem, Assert.Single(Read(text)).Pem);
        }
    }

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----", "-----END ENCRYPTED PRIVATE KEY-----")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----")]
    [InlineData("----BEGIN PRIVATE KEY----", "----END PRIVATE KEY----")]
    [InlineData("  -----begin private key-----", "")]
    [InlineData("junk-----BEGIN EC PRIVATE KEY-----", "")]
    [Trait("Promise", "P9")]
    public void A_private_key_anywhere_refuses_the_text_and_is_not_repeated(string begin, string end)
    {
        using var root = TestAuthority.CreateRoot("Root");
        const string Secret = "c2VjcmV0U2VjcmV0U2VjcmV0U2VjcmV0";
        var key = $"{begin}\n{Secret}\n{end}\n";

        foreach (var text in new[] { key, root.Pem + "\n" + key, key + root.Pem })
        {
            var fault = Fault(text);

            Assert.Equal(ProblemReason.PrivateKeyInSource, fault.Reason);
            Assert.DoesNotContain(Secret, fault.Text + fault.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void A_text_cut_off_anywhere_is_never_taken_for_a_shorter_list()
    {
        using var one = TestAuthority.CreateRoot("One");
        using var two = TestAuthority.CreateRoot("Two");
        var first = one.Pem + "\n";
        var text = first + two.Pem;

        // Before the second BEGIN line nothing tells that more was to come.
        for (var length = first.Length + 1; length < text.Length; length++)
        {
            Assert.Equal(ProblemReason.InvalidPem, Fault(text[..length]).Reason);
        }
    }

    [Fact]
    [Trait("Promise", "P3")]
    public void Any_line_that_is_lost_is_noticed()
    {
        using var one = TestAuthority.CreateRoot("One");
        using var two = TestAuthority.CreateRoot("Two");
        var lines = (one.Pem + "\n" + two.Pem).Split('\n');

        for (var lost = 0; lost < lines.Length; lost++)
        {
            var text = string.Join('\n', lines.Where((_, index) => index != lost));

            Assert.False(CertificateList.TryRead(text, out _, out _), $"line {lost + 1} was lost");
        }
    }

    [Theory]
    [InlineData("TRUSTED CERTIFICATE", "only OpenSSL reads")]
    [InlineData("X509 CERTIFICATE", "'X509 CERTIFICATE'")]
    [InlineData("CERTIFICATE REQUEST", "'CERTIFICATE REQUEST'")]
    [InlineData("PKCS7", "'PKCS7'")]
    [InlineData("PUBLIC KEY", "'PUBLIC KEY'")]
    public void A_foreign_label_is_named(string label, string named)
    {
        using var root = TestAuthority.CreateRoot("Root");

        Assert.Contains(named, Fault(root.Pem + "\n" + root.Pem.Replace("CERTIFICATE", label, StringComparison.Ordinal)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----", "----BEGIN CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE----")]
    [InlineData("-----BEGIN CERTIFICATE-----", "x-----BEGIN CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE-----", "-----BEGIN certificate-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----")]
    [InlineData("-----END CERTIFICATE-----", "-----END TRUSTED CERTIFICATE-----")]
    [InlineData("-----END CERTIFICATE-----", "")]
    [InlineData("MI", "!!")]
    [InlineData("MI", "MA")]
    [InlineData("-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n")]
    public void A_damaged_block_refuses_the_whole_text(string good, string damaged)
    {
        using var root = TestAuthority.CreateRoot("Root");
        using var other = TestAuthority.CreateRoot("Other");
        var at = root.Pem.IndexOf(good, StringComparison.Ordinal);
        var broken = root.Pem[..at] + damaged + root.Pem[(at + good.Length)..];

        Assert.Equal(ProblemReason.InvalidPem, Fault(other.Pem + "\n" + broken).Reason);
        Assert.Equal(ProblemReason.InvalidPem, Fault(broken + "\n" + other.Pem).Reason);
    }

    [Fact]
    public void A_byte_order_mark_is_named_wherever_it_is()
    {
        using var root = TestAuthority.CreateRoot("Root");

        Assert.Contains("byte order mark", Fault("\uFEFF" + root.Pem).Text, StringComparison.Ordinal);
        Assert.Contains("byte order mark", Fault(root.Pem + "\n\uFEFF" + root.Pem).Text, StringComparison.Ordinal);
        Assert.Contains("byte order mark", Fault([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(root.Pem)]).Text, StringComparison.Ordinal);
        Assert.Contains("UTF-16", Fault([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(root.Pem)]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_encodings_are_named()
    {
        using var root = TestAuthority.CreateRoot("Root");
        using var leaf = root.Issue("shop.test");
        var der = root.Certificate.RawData;

        Assert.Contains("DER", Fault(der).Text, StringComparison.Ordinal);
        Assert.Contains("binary", Fault(leaf.Export(X509ContentType.Pkcs12, "password")).Text, StringComparison.Ordinal);
        Assert.Contains("without BEGIN", Fault(Convert.ToBase64String(der)).Text, StringComparison.Ordinal);
        Assert.Contains("encoded twice", Fault(Convert.ToBase64String(Encoding.UTF8.GetBytes(root.Pem))).Text, StringComparison.Ordinal);
        Assert.Contains("HTML", Fault("\n <html>").Text, StringComparison.Ordinal);
        Assert.Contains("empty", Fault(" \n").Text, StringComparison.Ordinal);
        Assert.Contains("no certificate", Fault("see the wiki").Text, StringComparison.Ordinal);
        Assert.Equal(ProblemReason.InvalidPem, Fault([0xC3, 0x28, 0x41]).Reason);
    }

    [Fact]
    public void Bytes_behind_a_certificate_refuse_it()
    {
        using var root = TestAuthority.CreateRoot("Root");
        var padded = Convert.ToBase64String([.. root.Certificate.RawData, 0, 0]);

        Assert.Equal(ProblemReason.InvalidPem, Fault($"-----BEGIN CERTIFICATE-----\n{padded}\n-----END CERTIFICATE-----").Reason);
    }

    [Fact]
    public void Any_single_altered_byte_is_a_member_or_a_refusal_and_never_an_exception()
    {
        using var root = TestAuthority.CreateRoot("Root");
        var der = root.Certificate.RawData;

        for (var index = 0; index < der.Length; index++)
        {
            var altered = der.ToArray();
            altered[index] ^= 0xFF;

            var taken = CertificateList.TryRead($"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(altered)}\n-----END CERTIFICATE-----", out var members, out _);

            Assert.True(!taken || members[0].Sha256 != root.Fingerprint);
        }
    }

    private static ImmutableArray<BundleMember> Read(string text)
    {
        Assert.True(CertificateList.TryRead(text, out var members, out var fault), fault?.Text);
        return members;
    }

    private static PemFault Fault(string text)
    {
        Assert.False(CertificateList.TryRead(text, out var members, out var fault));
        Assert.Empty(members);
        return fault!;
    }

    private static PemFault Fault(byte[] content)
    {
        Assert.False(CertificateList.TryRead(content, out _, out var fault));
        return fault!;
    }

    private static string Indented(string text) => string.Join('\n', text.Split('\n').Select(line => "    " + line + " \t"));
}
