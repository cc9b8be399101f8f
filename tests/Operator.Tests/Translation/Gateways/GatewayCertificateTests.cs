using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Hosting;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Pki;
using static Portcullis.Operator.Tests.Translation.Declared;
using static Portcullis.Operator.Tests.Translation.Moments;

namespace Portcullis.Operator.Tests.Translation.Gateways;

public sealed class GatewayCertificateTests : IDisposable
{
    private static readonly ResourceKey Secret = new("edge", "front");
    private static readonly TranslationOptions Options = new() { Gateways = [new DeclaredGateway { Name = "default", DefaultCertificate = Secret }] };
    private readonly TestAuthority root = TestAuthority.CreateRoot("Root");

    public void Dispose() => root.Dispose();

    [Fact]
    public void The_declared_certificate_is_delivered_with_its_chain_and_key()
    {
        using var issuing = root.CreateIntermediate("Issuing");
        using var leaf = issuing.Issue("orders.example.com");

        var result = Translate(TestPem.Certificates(leaf, issuing.Certificate), TestPem.PrivateKey(leaf));

        var entry = Entry(result);
        Assert.NotNull(entry);
        Assert.Equal(2, entry.ChainPem.Split("BEGIN CERTIFICATE").Length - 1);
        Assert.Equal(Secret, Assert.IsType<SettingsEntry>(result.Delivered(EntryKey.Settings)).DefaultCertificate);
        Assert.Empty(result.Gateways["default"].Problems);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public void A_printed_translation_does_not_hold_the_key()
    {
        using var leaf = root.Issue("orders.example.com");
        var key = TestPem.PrivateKey(leaf);

        var text = TranslationDocument.Of([], Translate(leaf.ExportCertificatePem(), key), []).ToJsonString(TranslationDocument.Indented);

        Assert.Contains("Certificate:edge/front", text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        Assert.All(
            key.Split('\n').Where(line => line.Length > 20 && !line.StartsWith('-')),
            line => Assert.DoesNotContain(line, text, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P6")]
    public void A_key_of_another_certificate_is_a_problem_of_the_gateway_alone()
    {
        using var leaf = root.Issue("orders.example.com");
        using var other = root.Issue("orders.example.com");

        var result = Translate(leaf.ExportCertificatePem(), TestPem.PrivateKey(other));

        var problem = Assert.Single(result.Gateways["default"].Problems);
        Assert.Equal(ProblemReason.GatewayCertificateUnusable, problem.Reason);
        Assert.Contains("do not belong together", problem.Message, StringComparison.Ordinal);
        Assert.Null(Entry(result));
        Assert.Equal(new ResourceKey("edge", "front"), Assert.IsType<SettingsEntry>(result.Delivered(EntryKey.Settings)).DefaultCertificate);
        Assert.True(result.Configurations["default"].Entries.ContainsKey(EntryKey.Route(Orders)));
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("", "")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void A_secret_that_cannot_be_read_is_a_problem(string chain, string key)
    {
        Assert.Equal(ProblemReason.GatewayCertificateUnusable, Assert.Single(Translate(chain, key).Gateways["default"].Problems).Reason);
    }

    [Fact]
    public void A_secret_that_does_not_exist_is_a_problem()
    {
        var result = Translator.Translate(Snapshot(Bundle(root.Pem)), FleetState.Empty, null, Options, Now);

        Assert.Equal(ProblemReason.GatewayCertificateNotFound, Assert.Single(result.Gateways["default"].Problems).Reason);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void A_secret_that_breaks_leaves_the_last_good_certificate_in_place_and_says_so()
    {
        using var leaf = root.Issue("orders.example.com");
        var before = Translate(leaf.ExportCertificatePem(), TestPem.PrivateKey(leaf));

        var after = Translate("broken", "broken", before);

        Assert.Equal(before.Configurations["default"].Revision, after.Configurations["default"].Revision);
        Assert.NotEmpty(after.Gateways["default"].Problems);
    }

    private TranslationResult Translate(string chain, string key, TranslationResult? previous = null)
    {
        var snapshot = Snapshot(Bundle(root.Pem)) with { Secrets = ImmutableSortedDictionary<ResourceKey, V1Secret>.Empty.Add(Secret, TlsSecret(Secret, chain, key)) };

        return Translator.Translate(snapshot, FleetState.Empty, previous, Options, Now);
    }

    private static CertificateEntry? Entry(TranslationResult result) => result.Delivered(EntryKey.Certificate(Secret)) as CertificateEntry;
}
