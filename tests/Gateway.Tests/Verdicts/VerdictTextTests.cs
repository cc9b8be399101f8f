using Portcullis.Contract;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Tests.Verdicts;

[Trait("Promise", "P8")]
public sealed class VerdictTextTests
{
    public static TheoryData<VerdictReason> Reasons => [.. Enum.GetValues<VerdictReason>()];

    [Fact]
    public void Codes_never_change() => Assert.Equal(
        [
            "UnknownAuthority PC2001", "IncompleteChain PC2002", "IntermediateOnlyBundle PC2003", "SelfSignedNotTrusted PC2004", "HostnameMismatch PC2005",
            "DefaultCertificate PC2006", "NoSubjectAltName PC2007", "CertificateExpired PC2008", "CertificateNotYetValid PC2009", "AnchorExpired PC2010",
            "WrongKeyUsage PC2011", "PinMismatch PC2012", "WeakSignature PC2013", "WeakKey PC2014", "NameConstraintViolated PC2015", "TooManyCertificates PC2016",
            "MalformedCertificate PC2017", "ProtocolVersionRejected PC2018", "ClientCertificateRejected PC2019", "PlaintextBackend PC2020", "Unreachable PC2021",
            "ForbiddenAddress PC2022", "TrustNotMounted PC2023",
        ],
        Enum.GetValues<VerdictReason>().Select(reason => $"{reason} {VerdictText.Code(reason)}"));

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_says_where_and_what_to_do_in_one_line(VerdictReason reason)
    {
        var refused = Refused(reason, Evidence() with { Detail = "the telling fact" });

        var (message, remedy) = (VerdictText.Message(refused), VerdictText.Remedy(refused));

        Assert.Contains("orders.corp.test:8443", message, StringComparison.Ordinal);
        Assert.EndsWith(": the telling fact", message, StringComparison.Ordinal);
        Assert.EndsWith(".", remedy, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message + remedy);
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_has_words_without_any_evidence(VerdictReason reason)
    {
        var refused = Refused(reason, new Evidence());

        Assert.Contains("the backend", VerdictText.Message(refused), StringComparison.Ordinal);
        Assert.NotEmpty(VerdictText.Remedy(refused));
    }

    [Fact]
    public void An_unknown_authority_is_named_with_the_bundle_that_lacks_it()
    {
        var refused = Refused(VerdictReason.UnknownAuthority, Evidence() with { Detail = "the chain ends at \"Dev Root\"" });

        Assert.Equal(
            "orders.corp.test:8443 presents a certificate issued by \"Dev Root\", which TrustBundle shop/corp-root does not vouch for: the chain ends at \"Dev Root\"",
            VerdictText.Message(refused));
        Assert.StartsWith("If your PKI team confirms \"Dev Root\", add its root to TrustBundle shop/corp-root;", VerdictText.Remedy(refused), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_intermediate_is_named_and_what_was_sent_is_counted()
    {
        var refused = Refused(VerdictReason.IncompleteChain, Evidence());

        Assert.Equal(
            "orders.corp.test:8443 sent 1 certificate; the issuer \"Dev Root\" was not sent and is not in TrustBundle shop/corp-root", VerdictText.Message(refused));
        Assert.Contains("(leaf, then \"Dev Root\")", VerdictText.Remedy(refused), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mismatch_keeps_dialed_sent_and_verified_names_apart()
    {
        var refused = Refused(VerdictReason.HostnameMismatch, Evidence() with { ServerNameSent = "front.corp.test" });

        Assert.Equal(
            "orders.corp.test:8443 has to be DNS:orders.corp.test, but its certificate is for DNS:orders.corp.local, IP:10.0.0.7 (SNI sent: front.corp.test)",
            VerdictText.Message(refused));
        Assert.Contains("such as orders.corp.local (the address may stay an IP)", VerdictText.Remedy(refused), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mismatch_without_a_server_name_says_so() => Assert.Contains(
        "(SNI sent: none)", VerdictText.Message(Refused(VerdictReason.HostnameMismatch, Evidence())), StringComparison.Ordinal);

    [Fact]
    public void Without_a_connection_there_is_no_server_name_to_speak_of() => Assert.DoesNotContain(
        "SNI", VerdictText.Message(Refused(VerdictReason.HostnameMismatch, Evidence() with { Endpoint = null })), StringComparison.Ordinal);

    [Fact]
    public void A_self_signed_certificate_comes_with_its_fingerprint()
    {
        var facts = Facts() with { Issuer = "CN=Orders, O=Corp" };

        var remedy = VerdictText.Remedy(Refused(VerdictReason.SelfSignedNotTrusted, Evidence() with { Presented = [facts], Chain = [facts] }));

        Assert.Contains($"\"Orders\" ({facts.Sha256})", remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_bundles_are_all_named()
    {
        var evidence = Evidence() with { Bundles = [new ResourceKey("shop", "one"), new ResourceKey("shop", "two")] };

        Assert.Contains("TrustBundles shop/one, shop/two", VerdictText.Message(Refused(VerdictReason.TrustNotMounted, evidence)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CN=Orders, O=Corp", "\"Orders\"")]
    [InlineData("O=Corp, CN=Orders", "\"Orders\"")]
    [InlineData("O=Corp", "\"O=Corp\"")]
    [InlineData("", "\"(empty subject)\"")]
    [InlineData("OU=XCN=Other, O=Corp", "\"OU=XCN=Other, O=Corp\"")]
    [InlineData("CN=\"Orders, Inc\"", "\"Orders, Inc\"")]
    public void A_certificate_is_called_by_its_common_name(string subject, string called)
    {
        var evidence = Evidence() with { Presented = [Facts() with { Subject = subject }] };

        Assert.Contains($"certificate {called} of", VerdictText.Message(Refused(VerdictReason.NoSubjectAltName, evidence)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nb", "a??b")]
    [InlineData("a\u001b[31mb", "a?[31mb")]
    [InlineData("a\u202eb", "a?b")]
    [InlineData("a\u2028b", "a?b")]
    public void Names_from_certificates_cannot_break_a_line_or_a_terminal(string name, string shown)
    {
        var evidence = Evidence() with { Presented = [Facts() with { Subject = $"CN={name}" }], Detail = name };

        var message = VerdictText.Message(Refused(VerdictReason.NoSubjectAltName, evidence));

        Assert.Contains($"\"{shown}\"", message, StringComparison.Ordinal);
        Assert.EndsWith($": {shown}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endless_names_are_cut()
    {
        var evidence = Evidence() with { Presented = [Facts() with { Subject = $"CN={new string('x', 5000)}" }] };

        Assert.True(VerdictText.Message(Refused(VerdictReason.NoSubjectAltName, evidence)).Length < 1000);
    }

    private static Verdict.Refused Refused(VerdictReason reason, Evidence evidence) => new(reason) { Evidence = evidence };

    private static Evidence Evidence() => new()
    {
        Endpoint = "orders.corp.test:8443",
        NamesChecked = [new SubjectName(SubjectNameKind.Dns, "orders.corp.test")],
        Presented = [Facts()],
        Chain = [Facts()],
        Bundles = [new ResourceKey("shop", "corp-root")],
        Anchors = ["CN=Corp Root"],
    };

    private static CertificateFacts Facts() => new()
    {
        Subject = "CN=Orders, O=Corp",
        Issuer = "CN=Dev Root, O=Corp",
        SerialNumber = "42",
        NotBefore = DateTimeOffset.UnixEpoch,
        NotAfter = DateTimeOffset.UnixEpoch.AddYears(60),
        Sha256 = Digest.Of([1, 2, 3]),
        SubjectAltNames = [new SubjectName(SubjectNameKind.Dns, "orders.corp.local"), new SubjectName(SubjectNameKind.Ip, "10.0.0.7")],
    };
}
