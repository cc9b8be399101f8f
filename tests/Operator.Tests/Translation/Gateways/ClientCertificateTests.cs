using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
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

/// <summary>Certificates that routes show to their backends.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private static readonly ResourceKey Secret = new("shop", "caller");
    private readonly TestAuthority root = TestAuthority.CreateRoot("Root");
    private readonly X509Certificate2 leaf;

    public ClientCertificateTests() => leaf = root.Issue("orders.example.com");

    public void Dispose()
    {
        leaf.Dispose();
        root.Dispose();
    }

    [Fact]
    public void A_backends_certificate_is_delivered_for_no_hostname()
    {
        var result = Translate(Good());

        Assert.Empty(Entry(result)!.Hostnames);
        Assert.Equal(Secret, Assert.Single(Delivered(result).Backends).Tls.ClientCertificate);
        Assert.Empty(result.Routes[Orders].Problems);
    }

    [Fact]
    public void One_secret_serves_clients_and_backends()
    {
        var result = Translate(Good(), frontToo: true);

        Assert.Equal(["orders.example.com"], Entry(result)!.Hostnames);
        Assert.Equal(Secret, Assert.Single(Delivered(result).Backends).Tls.ClientCertificate);
        Assert.Equal(leaf.ExportCertificatePem().Trim(), Entry(result)!.ChainPem.Trim());
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void Without_its_secret_only_a_gateway_that_holds_an_earlier_certificate_calls_the_backend()
    {
        var result = Translate(null);

        var problem = Assert.Single(result.Routes[Orders].Problems);
        Assert.Equal((ProblemReason.ClientCertificateNotFound, "spec.backends[0].tls.clientCertificateRef.name"), (problem.Reason, problem.Field));
        Assert.Contains("'shop/caller'", problem.Message, StringComparison.Ordinal);
        Assert.Equal(Secret, Assert.Single(Delivered(result).Backends).Tls.ClientCertificate);
        Assert.Empty(Assert.IsType<KeepEntry>(result.Delivered(EntryKey.Certificate(Secret))).Hostnames);
    }

    [Fact]
    public void A_secret_that_may_not_be_read_is_not_said_to_be_missing()
    {
        var snapshot = Declare(null, frontToo: false) with
        {
            Faults = ImmutableDictionary<ObjectRef, ReadFault>.Empty.Add(new ObjectRef("Secret", Secret), new ReadFault(ReadFaultReason.Forbidden, "The operator may not read it.")),
        };

        var result = Translator.Translate(snapshot, FleetState.Empty, null, new TranslationOptions(), Now);

        var problem = Assert.Single(result.Routes[Orders].Problems);
        Assert.Equal(ProblemReason.ReferenceForbidden, problem.Reason);
        Assert.StartsWith("The operator may not read it.", problem.Message, StringComparison.Ordinal);
        Assert.IsType<KeepEntry>(result.Delivered(EntryKey.Certificate(Secret)));
    }

    [Fact]
    [Trait("Promise", "P6")]
    public void While_nothing_is_known_of_its_secret_the_backend_is_not_called_and_the_route_keeps_its_place()
    {
        var snapshot = Declare(null, frontToo: false) with
        {
            Faults = ImmutableDictionary<ObjectRef, ReadFault>.Empty.Add(new ObjectRef("Secret", Secret), new ReadFault(ReadFaultReason.NotAnswered, "It has not been read yet.")),
        };

        var result = Translator.Translate(snapshot, FleetState.Empty, null, new TranslationOptions(), Now);

        var problem = Assert.Single(result.Routes[Orders].Problems);
        Assert.Equal(new RuleAction.Refuse(problem.Code), Assert.Single(Delivered(result).Rules).Action);
        Assert.Null(result.Delivered(EntryKey.Certificate(Secret)));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public void A_secret_that_breaks_or_goes_leaves_the_last_good_certificate_in_place_and_says_so()
    {
        var before = Translate(Good());

        var after = Translate(Held("broken", "broken"), before);
        var gone = Translate(null, after);

        Assert.Equal(before.Configurations["default"].Revision, after.Configurations["default"].Revision);
        Assert.Equal(before.Configurations["default"].Revision, gone.Configurations["default"].Revision);
        var broken = Assert.Single(after.Routes[Orders].Problems);
        Assert.Equal(ProblemReason.ClientCertificateUnusable, broken.Reason);
        Assert.Contains("what it last held", broken.Message, StringComparison.Ordinal);
        Assert.Equal(ProblemReason.ClientCertificateNotFound, Assert.Single(gone.Routes[Orders].Problems).Reason);
    }

    [Fact]
    public void A_secret_that_was_held_and_has_not_been_read_again_holds_nothing_up()
    {
        var before = Translate(Good());
        var snapshot = Declare(null, frontToo: false) with
        {
            Faults = ImmutableDictionary<ObjectRef, ReadFault>.Empty.Add(new ObjectRef("Secret", Secret), new ReadFault(ReadFaultReason.NotAnswered, "It has not been read yet.")),
        };

        var result = Translator.Translate(snapshot, FleetState.Empty, before, new TranslationOptions(), Now);

        Assert.Equal(before.Configurations["default"].Revision, result.Configurations["default"].Revision);
        Assert.Empty(result.Routes[Orders].Problems);
    }

    [Fact]
    [Trait("Promise", "P9")]
    public void A_broken_secret_is_named_without_its_content()
    {
        using var other = root.Issue("orders.example.com");
        var key = TestPem.PrivateKey(other);

        var problem = Assert.Single(Translate(Held(leaf.ExportCertificatePem(), key)).Routes[Orders].Problems);

        Assert.Equal(ProblemReason.ClientCertificateUnusable, problem.Reason);
        Assert.All(key.Split('\n').Where(line => line.Length > 20), line => Assert.DoesNotContain(line, problem.ToString(), StringComparison.Ordinal));
    }

    private V1Secret Good() => Held(leaf.ExportCertificatePem(), TestPem.PrivateKey(leaf));

    private static V1Secret Held(string chain, string key) => TlsSecret(Secret, chain, key);

    private TranslationResult Translate(V1Secret? secret, TranslationResult? previous = null, bool frontToo = false) =>
        Translator.Translate(Declare(secret, frontToo), FleetState.Empty, previous, new TranslationOptions(), Now);

    private ResourceSnapshot Declare(V1Secret? secret, bool frontToo)
    {
        var snapshot = Snapshot(Bundle(root.Pem));
        var route = snapshot.BackendRoutes[Orders];
        var backend = route.Spec.Backends[0];
        var reference = new SecretRef { Name = Secret.Name };
        var spec = route.Spec with
        {
            Backends = [backend with { Tls = backend.Tls with { Mode = TlsMode.ClientAndServer, ClientCertificateRef = reference } }],
            Frontend = frontToo ? new Frontend { CertificateRef = reference } : null,
        };

        return snapshot with
        {
            BackendRoutes = snapshot.BackendRoutes.SetItem(Orders, route with { Spec = spec }),
            Secrets = secret is null ? snapshot.Secrets : snapshot.Secrets.Add(Secret, secret),
        };
    }

    private static RouteEntry Delivered(TranslationResult result) => Assert.IsType<RouteEntry>(result.Delivered(EntryKey.Route(Orders)));

    private static CertificateEntry? Entry(TranslationResult result) => result.Delivered(EntryKey.Certificate(Secret)) as CertificateEntry;
}
