using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Pki;
using static Portcullis.Operator.Tests.Translation.Declared;
using static Portcullis.Operator.Tests.Translation.Moments;

namespace Portcullis.Operator.Tests.Translation.Gateways;

public sealed class RouteCertificateTests : IDisposable
{
    private static readonly ResourceKey Secret = new("shop", "orders-tls");
    private readonly TestAuthority root = TestAuthority.CreateRoot("Root");

    public void Dispose() => root.Dispose();

    [Fact]
    public void A_routes_certificate_is_delivered_for_its_hostnames()
    {
        using var leaf = root.Issue("orders.example.com");

        var result = Translate(Held(leaf.ExportCertificatePem(), TestPem.PrivateKey(leaf)));

        Assert.Equal(["orders.example.com"], Entry(result)!.Hostnames);
        Assert.Empty(result.Routes[Orders].Problems);
    }

    [Fact]
    public void A_hostname_that_the_certificate_is_not_for_is_named_and_the_route_serves()
    {
        using var leaf = root.Issue("invoices.example.com");

        var result = Translate(Held(leaf.ExportCertificatePem(), TestPem.PrivateKey(leaf)));

        var problem = Assert.Single(result.Routes[Orders].Problems);
        Assert.Equal(ProblemReason.RouteCertificateUnusable, problem.Reason);
        Assert.Contains("orders.example.com", problem.Message, StringComparison.Ordinal);
        Assert.True(result.Configurations["default"].Entries.ContainsKey(EntryKey.Route(Orders)));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void A_secret_that_breaks_leaves_the_last_good_certificate_in_place_and_says_so()
    {
        using var leaf = root.Issue("orders.example.com");
        var before = Translate(Held(leaf.ExportCertificatePem(), TestPem.PrivateKey(leaf)));

        var after = Translate(Held("broken", "broken"), before);
        var gone = Translate(null, after);

        Assert.Equal(before.Configurations["default"].Revision, after.Configurations["default"].Revision);
        Assert.Equal(before.Configurations["default"].Revision, gone.Configurations["default"].Revision);
        Assert.Contains("what it last held", Assert.Single(after.Routes[Orders].Problems).Message, StringComparison.Ordinal);
        Assert.Equal(ProblemReason.RouteCertificateNotFound, Assert.Single(gone.Routes[Orders].Problems).Reason);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void An_operator_that_only_ever_saw_the_broken_secret_lets_gateways_keep_what_they_hold()
    {
        var result = Translate(Held("broken", "broken"));

        var kept = Assert.IsType<KeepEntry>(result.Delivered(EntryKey.Certificate(Secret)));
        Assert.Equal(["orders.example.com"], kept.Hostnames);
        Assert.Contains("what gateways still hold", Assert.Single(result.Routes[Orders].Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public void A_broken_secret_is_named_without_its_content()
    {
        using var leaf = root.Issue("orders.example.com");
        using var other = root.Issue("orders.example.com");
        var key = TestPem.PrivateKey(other);

        var problem = Assert.Single(Translate(Held(leaf.ExportCertificatePem(), key)).Routes[Orders].Problems);

        Assert.All(key.Split('\n').Where(line => line.Length > 20), line => Assert.DoesNotContain(line, problem.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_that_may_not_be_read_is_not_said_to_be_missing()
    {
        var snapshot = Declare(null) with
        {
            Faults = ImmutableDictionary<ObjectRef, ReadFault>.Empty.Add(new ObjectRef("Secret", Secret), new ReadFault(ReadFaultReason.Forbidden, "The operator may not read it.")),
        };

        var result = Translator.Translate(snapshot, FleetState.Empty, null, new TranslationOptions(), Now);

        Assert.StartsWith("The operator may not read it.", Assert.Single(result.Routes[Orders].Problems).Message, StringComparison.Ordinal);
    }

    private static V1Secret Held(string chain, string key) => TlsSecret(Secret, chain, key);

    private TranslationResult Translate(V1Secret? secret, TranslationResult? previous = null) =>
        Translator.Translate(Declare(secret), FleetState.Empty, previous, new TranslationOptions(), Now);

    private ResourceSnapshot Declare(V1Secret? secret)
    {
        var snapshot = Snapshot(Bundle(root.Pem));
        var route = snapshot.BackendRoutes[Orders];

        return snapshot with
        {
            BackendRoutes = snapshot.BackendRoutes.SetItem(Orders, route with { Spec = route.Spec with { Frontend = new Frontend { CertificateRef = new SecretRef { Name = Secret.Name } } } }),
            Secrets = secret is null ? snapshot.Secrets : snapshot.Secrets.Add(Secret, secret),
        };
    }

    private static CertificateEntry? Entry(TranslationResult result) => result.Delivered(EntryKey.Certificate(Secret)) as CertificateEntry;
}
