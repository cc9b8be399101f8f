using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

/// <summary>The certificate matrix. Every line is judged twice: from certificates as recorded, and in a real handshake.</summary>
internal static class TrustMatrix
{
    private static readonly DateTimeOffset Start = CertificateRecipe.DefaultNotBefore;

    public static ImmutableSortedDictionary<string, Func<TrustScenario>> Served { get; } =
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [.. Good(), .. Chains(), .. Names(), .. Dates(), .. Usages(), .. Strengths(), .. Constraints(), .. Shapes()]);

    public static ImmutableSortedDictionary<string, Func<TrustScenario>> Scenarios { get; } = Served.AddRange(Unservable());

    private static Dictionary<string, Func<TrustScenario>> Good() => new()
    {
        ["a leaf of the root"] = () => Direct(),
        ["a leaf of an intermediate that is sent"] = () => Issued(Root("Corp Root"), out _),
        ["a leaf of an intermediate that is in the bundle"] = () =>
        {
            var root = Root("Corp Root");
            var issuing = root.CreateIntermediate("Corp Issuing CA");
            return Trusted([issuing.Issue("shop.test")], root.Certificate, issuing.Certificate);
        },
        ["an intermediate that is mounted need not be listed"] = () =>
        {
            var root = Root("Corp Root");
            var issuing = root.CreateIntermediate("Corp Issuing CA");
            return Trusted([issuing.Issue("shop.test")], root.Certificate, issuing.Certificate) with { Listed = [root.Certificate] };
        },
        ["the root is sent too"] = () =>
        {
            var root = Root("Corp Root");
            var issuing = root.CreateIntermediate("Corp Issuing CA");
            return Trusted([issuing.Issue("shop.test"), issuing.Certificate, root.Certificate], root.Certificate);
        },
        ["the chain is sent in the wrong order"] = () =>
        {
            var root = Root("Corp Root");
            var policy = root.CreateIntermediate("Corp Policy CA");
            var issuing = policy.CreateIntermediate("Corp Issuing CA");
            return Trusted([issuing.Issue("shop.test"), policy.Certificate, issuing.Certificate], root.Certificate);
        },
        ["an unrelated certificate is sent along"] = () =>
        {
            var root = Root("Corp Root");
            return Trusted([root.Issue("shop.test"), Root("Stranger").Certificate], root.Certificate);
        },
        ["ten certificates are sent"] = () =>
        {
            var root = Root("Corp Root");
            return Trusted([root.Issue("shop.test"), .. Enumerable.Range(0, 9).Select(number => Root($"Stranger {number}").Certificate)], root.Certificate);
        },
        ["three intermediates"] = () =>
        {
            var root = Root("Corp Root");
            var first = root.CreateIntermediate("Corp CA 1");
            var second = first.CreateIntermediate("Corp CA 2");
            var third = second.CreateIntermediate("Corp CA 3");
            return Trusted([third.Issue("shop.test"), third.Certificate, second.Certificate, first.Certificate], root.Certificate);
        },
        ["an intermediate cross-signed by the new root, old root trusted"] = () => CrossSigned(trustOld: true),
        ["an intermediate cross-signed by the new root, new root trusted"] = () => CrossSigned(trustOld: false),
        ["a cross-signed intermediate whose first certificate leads nowhere"] = () =>
        {
            var (known, unknown) = (Root("Corp Root"), Root("Merged Root"));
            var issuing = known.CreateIntermediate("Corp Issuing CA");
            return Trusted([issuing.Issue(Anonymous()), unknown.CrossSign(issuing), issuing.Certificate], known.Certificate);
        },
        ["two cross-signed intermediates of which one certificate each is of use"] = () =>
        {
            var root = Root("Corp Root");
            var policy = NamelessAuthority(root, "Corp Policy CA", recipe => recipe);
            var issuing = NamelessAuthority(policy, "Corp Issuing CA", recipe => recipe);
            var forClients = NamelessAuthority(root, "Corp Policy CA", recipe => recipe with { Key = policy.Key, ExtendedKeyUsages = [CertificateRecipe.ClientAuth] });
            var withoutCa = NamelessAuthority(root, "Corp Issuing CA", recipe => recipe with { Key = issuing.Key, IsAuthority = false });
            return Trusted(
                [issuing.Issue(Anonymous()), withoutCa.Certificate, forClients.Certificate, issuing.Certificate, policy.Certificate], root.Certificate);
        },
        ["a cross-signed root whose own certificate is too weak"] = () =>
        {
            var (strong, weak) = (Root("Corp Root"), TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root X2") with { KeyUsage = X509KeyUsageFlags.CrlSign }));
            return Trusted([weak.Issue("shop.test"), strong.CrossSign(weak)], strong.Certificate, weak.Certificate);
        },
        ["two roots of one name and an intermediate in the bundle"] = () =>
        {
            var (first, second) = (NamelessKeys("Corp Root"), NamelessKeys("Corp Root"));
            var issuing = NamelessAuthority(second, "Corp Issuing CA", recipe => recipe);
            return Trusted([issuing.Issue(Anonymous())], first.Certificate, second.Certificate, issuing.Certificate);
        },
        ["a subject with a part of two values"] = () => Direct(recipe => recipe with { Subject = "CN=shop.test+OU=Shop, O=Corp" }),
        ["a unique identifier of the subject"] = () => Direct(recipe => recipe with { SubjectUniqueId = [1, 2, 3] }),
        ["two roots of one name, the first one issued"] = () => SameName(issuedByFirst: true, withKeyIdentifiers: false),
        ["two roots of one name, the second one issued"] = () => SameName(issuedByFirst: false, withKeyIdentifiers: false),
        ["two roots of one name with key identifiers, the first one issued"] = () => SameName(issuedByFirst: true, withKeyIdentifiers: true),
        ["two roots of one name with key identifiers, the second one issued"] = () => SameName(issuedByFirst: false, withKeyIdentifiers: true),
        ["three roots of one name, the last one issued through an intermediate"] = () =>
        {
            TestAuthority[] roots = [NamelessKeys("Corp Root"), NamelessKeys("Corp Root"), NamelessKeys("Corp Root")];
            var issuing = roots[2].CreateIntermediate(CertificateRecipe.ForAuthority("Corp Issuing CA") with { WithoutKeyIdentifiers = true });
            return Trusted([issuing.Issue(Anonymous()), issuing.Certificate], [.. roots.Select(root => root.Certificate)]);
        },
        ["old and new root with the same key"] = () =>
        {
            var old = Root("Corp Root");
            var renewed = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root") with { Key = old.Key, NotBefore = Start.AddYears(1) });
            return Trusted([old.Issue("shop.test")], old.Certificate, renewed.Certificate);
        },
        ["an expired root next to its renewal with the same key"] = () =>
        {
            var old = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root") with { NotAfter = Start.AddYears(1) });
            var renewed = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root") with { Key = old.Key });
            return Trusted([old.Issue("shop.test")], old.Certificate, renewed.Certificate);
        },
        ["a root without key identifiers"] = () =>
        {
            var root = NamelessKeys("Corp Root");
            return Trusted([root.Issue(Anonymous())], root.Certificate);
        },
        ["a self-signed leaf that is in the bundle"] = () =>
        {
            var leaf = TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test"));
            return Trusted([leaf], leaf);
        },
        ["a self-signed leaf with CA:TRUE that is in the bundle"] = () =>
        {
            var leaf = TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test") with { IsAuthority = true, KeyUsage = null });
            return Trusted([leaf], leaf);
        },
        ["a self-signed leaf that claims keyCertSign is pinned"] = () =>
        {
            var leaf = TestAuthority.SelfSigned(
                CertificateRecipe.ForServer("shop.test") with { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign });
            return Trusted([leaf], leaf);
        },
        ["a leaf without extended key usage"] = () => Direct(recipe => recipe with { ExtendedKeyUsages = [] }),
        ["a leaf without key usage"] = () => Direct(recipe => recipe with { KeyUsage = null }),
        ["a leaf without basic constraints"] = () => Direct(recipe => recipe with { IsAuthority = null }),
        ["a leaf for clients and servers"] = () =>
            Direct(recipe => recipe with { ExtendedKeyUsages = [CertificateRecipe.ClientAuth, CertificateRecipe.ServerAuth] }),
        ["a negative serial number"] = () => Direct(recipe => recipe with { SerialNumber = [0x80, 0x01, 0x02] }),
        ["a long serial number"] = () => Direct(recipe => recipe with { SerialNumber = [.. Enumerable.Repeat((byte)0x42, 24)] }),
        ["an issuer address that is not fetched"] = () =>
            Direct(recipe => recipe.With(TestExtensions.IssuerAddress(new Uri("http://127.0.0.1:9/ca.cer")))),
        ["a leaf without a subject"] = () => Direct(recipe => recipe with { Subject = "" }),
        ["the pinned key"] = () =>
        {
            var good = Direct();
            return good with { Pins = ["sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Pin(good.Sent[0])] };
        },
        ["as many intermediates as allowed"] = () => Issued(Root("Corp Root"), out _) with { MaxIntermediates = 1 },
        ["no intermediates and none allowed"] = () => Direct() with { MaxIntermediates = 0 },
    };

    private static Dictionary<string, Func<TrustScenario>> Chains() => new()
    {
        ["a leaf of a foreign root"] = () => Refuse(VerdictReason.UnknownAuthority, "Foreign Root", [Root("Foreign Root").Issue("shop.test")], Root("Corp Root").Certificate),
        ["a leaf of a foreign root that is sent"] = () =>
        {
            var foreign = Root("Foreign Root");
            return Refuse(VerdictReason.UnknownAuthority, "ends at", [foreign.Issue("shop.test"), foreign.Certificate], Root("Corp Root").Certificate);
        },
        ["the intermediate is missing"] = () =>
        {
            var root = Root("Corp Root");
            return Refuse(VerdictReason.IncompleteChain, "Corp Issuing CA", [root.CreateIntermediate("Corp Issuing CA").Issue("shop.test")], root.Certificate);
        },
        ["the second intermediate is missing"] = () =>
        {
            var root = Root("Corp Root");
            var policy = root.CreateIntermediate("Corp Policy CA");
            var issuing = policy.CreateIntermediate("Corp Issuing CA");
            return Refuse(VerdictReason.IncompleteChain, "Corp Policy CA", [issuing.Issue("shop.test"), issuing.Certificate], root.Certificate);
        },
        ["only the intermediate is in the bundle"] = () =>
        {
            var issuing = Root("Corp Root").CreateIntermediate("Corp Issuing CA");
            return Refuse(VerdictReason.IntermediateOnlyBundle, "no root", [issuing.Issue("shop.test")], issuing.Certificate);
        },
        ["the intermediate is in the bundle next to another root"] = () =>
        {
            var issuing = Root("Corp Root").CreateIntermediate("Corp Issuing CA");
            return Refuse(VerdictReason.IntermediateOnlyBundle, "not its issuer", [issuing.Issue("shop.test")], issuing.Certificate, Root("Other Root").Certificate);
        },
        ["a listed intermediate does not anchor"] = () =>
        {
            var issuing = Root("Corp Root").CreateIntermediate("Corp Issuing CA");
            return Refuse(VerdictReason.IntermediateOnlyBundle, "", [issuing.Issue("shop.test"), issuing.Certificate], issuing.Certificate, Root("Other Root").Certificate);
        },
        ["the root was renewed with another key"] = () => Refuse(
            VerdictReason.UnknownAuthority, "renewed under the same name", [Root("Corp Root").Issue("shop.test")], Root("Corp Root").Certificate),
        ["the root was renewed with another key and has no key identifiers"] = () => Refuse(
            VerdictReason.UnknownAuthority, "renewed under the same name", [NamelessKeys("Corp Root").Issue(Anonymous())], NamelessKeys("Corp Root").Certificate),
        ["a certificate of the CA's new key signed with its old key does not anchor"] = () =>
        {
            var old = Root("Corp Root");
            var renewed = old.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Root"));
            return Refuse(VerdictReason.IntermediateOnlyBundle, "", [renewed.Issue("shop.test")], renewed.Certificate);
        },
        ["a self-signed leaf"] = () => Refuse(
            VerdictReason.SelfSignedNotTrusted, "", [TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test"))], Root("Corp Root").Certificate),
        ["a renewed self-signed leaf next to its predecessor"] = () => Refuse(
            VerdictReason.UnknownAuthority,
            "another key",
            [TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test"))],
            TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test"))),
        ["a leaf in the bundle that another CA issued"] = () =>
        {
            var leaf = Root("Corp Root").Issue("shop.test");
            return Refuse(VerdictReason.UnknownAuthority, "pin its key", [leaf], leaf, Root("Other Root").Certificate);
        },
        ["a leaf in the bundle and nothing else"] = () =>
        {
            var leaf = Root("Corp Root").Issue("shop.test");
            return Refuse(VerdictReason.TrustNotMounted, "", [leaf], leaf);
        },
        ["an empty bundle"] = () => Refuse(VerdictReason.TrustNotMounted, "", [Root("Corp Root").Issue("shop.test")]),
        ["a mounted root that is not listed"] = () =>
        {
            var (root, other) = (Root("Corp Root"), Root("Other Root"));
            return Refuse(VerdictReason.UnknownAuthority, "does not list it", [root.Issue("shop.test")], root.Certificate, other.Certificate) with { Listed = [other.Certificate] };
        },
        ["a mounted root and an empty list"] = () =>
        {
            var root = Root("Corp Root");
            return Refuse(VerdictReason.TrustNotMounted, "does not list it", [root.Issue("shop.test")], root.Certificate) with { Listed = [] };
        },
        ["a listed root that is not mounted"] = () =>
        {
            var (root, other) = (Root("Corp Root"), Root("Other Root"));
            return Refuse(VerdictReason.UnknownAuthority, "", [root.Issue("shop.test")], other.Certificate) with { Listed = [root.Certificate, other.Certificate] };
        },
        ["a self-signed leaf in the bundle that is not listed"] = () =>
        {
            var leaf = TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test"));
            var root = Root("Corp Root");
            return Refuse(VerdictReason.UnknownAuthority, "does not list it", [leaf], leaf, root.Certificate) with { Listed = [root.Certificate] };
        },
        ["a forged leaf that names the root as issuer"] = () =>
        {
            var forger = Root("Corp Root");
            return Refuse(VerdictReason.UnknownAuthority, "", [forger.Issue("shop.test"), forger.Certificate], Root("Corp Root").Certificate);
        },
        ["eleven certificates are sent"] = () =>
        {
            var root = Root("Corp Root");
            ImmutableArray<X509Certificate2> strangers = [.. Enumerable.Range(0, 10).Select(number => Root($"Stranger {number}").Certificate)];
            return Refuse(VerdictReason.TooManyCertificates, "11", [root.Issue("shop.test"), .. strangers], root.Certificate);
        },
        ["more intermediates than allowed"] = () => Issued(Root("Corp Root"), out _) with
        {
            MaxIntermediates = 0,
            Refused = VerdictReason.TooManyCertificates,
            Because = "1 intermediate",
        },
        ["another key than the pinned one"] = () => Direct() with
        {
            Pins = [Pin(Root("Other").Issue("shop.test"))],
            Refused = VerdictReason.PinMismatch,
            Because = "sha256/",
        },
        ["the pin of the issuer is not the pin of the leaf"] = () =>
        {
            var good = Direct();
            return good with { Pins = [Pin(good.Mounted[0])], Refused = VerdictReason.PinMismatch };
        },
        ["a certificate for localhost is no placeholder where localhost is meant"] = () => Refuse(
            VerdictReason.SelfSignedNotTrusted,
            "self-signed",
            [TestAuthority.SelfSigned(CertificateRecipe.ForServer("localhost"))],
            Root("Corp Root").Certificate) with
        {
            Identity = TrustScenario.Dns("localhost"),
        },
        ["a leaf of a foreign root next to a renewed one"] = () =>
        {
            var renewed = Root("Foreign Root");
            return Refuse(
                VerdictReason.UnknownAuthority, "renewed under the same name", [Root("Foreign Root").Issue("shop.test")], renewed.Certificate, Root("Corp Root").Certificate);
        },
        ["many mounted roots and an empty list"] = () =>
        {
            ImmutableArray<X509Certificate2> roots = [.. Enumerable.Range(1, 6).Select(number => Root($"Corp Root {number}").Certificate)];
            return Refuse(VerdictReason.TrustNotMounted, "\"Corp Root 1\", \"Corp Root 2\"", [Root("Corp Root").Issue("shop.test")], roots) with { Listed = [] };
        },
        ["the ingress-nginx placeholder"] = () => Refuse(
            VerdictReason.DefaultCertificate,
            "ingress-nginx",
            [TestAuthority.SelfSigned(CertificateRecipe.ForServer("ingress.local") with { Subject = "O=Acme Co, CN=Kubernetes Ingress Controller Fake Certificate" })],
            Root("Corp Root").Certificate),
        ["the Traefik placeholder"] = () => Refuse(
            VerdictReason.DefaultCertificate,
            "Traefik",
            [TestAuthority.SelfSigned(CertificateRecipe.ForServer("x.traefik.default") with { Subject = "CN=TRAEFIK DEFAULT CERT" })],
            Root("Corp Root").Certificate),
        ["a development certificate of ASP.NET Core"] = () => Refuse(
            VerdictReason.DefaultCertificate,
            "ASP.NET",
            [TestAuthority.SelfSigned(CertificateRecipe.ForServer("devbox").With(new X509Extension("1.3.6.1.4.1.311.84.1.1", [0x02], critical: false)))],
            Root("Corp Root").Certificate),
        ["a self-signed placeholder where no server name was sent"] = () => Refuse(
            VerdictReason.DefaultCertificate, "no server", [TestAuthority.SelfSigned(CertificateRecipe.ForServer("debian"))], Root("Corp Root").Certificate) with
        {
            Identity = TrustScenario.Ip("127.0.0.1"),
        },
    };

    private static Dictionary<string, Func<TrustScenario>> Names() => new()
    {
        ["a wildcard for one label"] = () => Direct(_ => CertificateRecipe.ForServer("*.shop.test"), TrustScenario.Dns("a.shop.test")),
        ["another case of letters"] = () => Direct(_ => CertificateRecipe.ForServer("Shop.TEST")),
        ["the second of several names"] = () => Direct(_ => CertificateRecipe.ForServer("www.test", "shop.test")),
        ["an IPv4 address"] = () => Direct(recipe => recipe.WithIp("127.0.0.1"), TrustScenario.Ip("127.0.0.1")),
        ["an IPv6 address"] = () => Direct(recipe => recipe.WithIp("::1"), TrustScenario.Ip("::1")),
        ["an IPv6 address written at length"] = () => Direct(recipe => recipe.WithIp("fd00::1"), TrustScenario.Ip("fd00:0:0:0:0:0:0:1")),
        ["a URI"] = () => Direct(
            recipe => recipe.WithUri("spiffe://corp.test/shop"), TrustScenario.AnyOf("shop.test", Uri("spiffe://corp.test/shop"))),
        ["a URI, and another server name than the certificate has"] = () => Direct(
            recipe => recipe.WithUri("spiffe://corp.test/shop"), TrustScenario.AnyOf("front.test", Uri("spiffe://corp.test/shop"))),
        ["one of two accepted names, dialed by a third"] = () => Direct(
            recipe => recipe, TrustScenario.AnyOf("front.test", Name("other.test"), Name("shop.test"))),
        ["a server name, and an address to verify"] = () => Direct(
            recipe => recipe.WithIp("10.0.0.7"), TrustScenario.AnyOf("front.test", new SubjectName(SubjectNameKind.Ip, "10.0.0.7"))),
        ["two labels that are written out"] = () => Direct(_ => CertificateRecipe.ForServer("*.internal", "shop.internal"), TrustScenario.Dns("shop.internal")),
        ["a single label that is written out"] = () => Direct(_ => CertificateRecipe.ForServer("shop"), TrustScenario.Dns("shop")),
        ["a name with an underscore"] = () => Direct(_ => CertificateRecipe.ForServer("my_shop.test"), TrustScenario.Dns("my_shop.test")),
        ["an internationalised name"] = () => Direct(_ => CertificateRecipe.ForServer("xn--bcher-kva.test"), TrustScenario.Dns("xn--bcher-kva.test")),

        ["another name"] = () => Mismatch(CertificateRecipe.ForServer("other.test")),
        ["a subdomain"] = () => Mismatch(CertificateRecipe.ForServer("a.shop.test")),
        ["the parent domain"] = () => Mismatch(CertificateRecipe.ForServer("test")),
        ["a name that only begins alike"] = () => Mismatch(CertificateRecipe.ForServer("shop.test.evil.test")),
        ["a name that only ends alike"] = () => Mismatch(CertificateRecipe.ForServer("evilshop.test")),
        ["a NUL inside the name"] = () => Mismatch(CertificateRecipe.ForServer("shop.test\0.evil.test")),
        ["a wildcard for two labels"] = () => Mismatch(CertificateRecipe.ForServer("*.shop.test"), TrustScenario.Dns("a.b.shop.test")),
        ["a wildcard for its own parent"] = () => Mismatch(CertificateRecipe.ForServer("*.shop.test")),
        ["a partial wildcard"] = () => Mismatch(CertificateRecipe.ForServer("sh*.test")),
        ["a wildcard inside"] = () => Mismatch(CertificateRecipe.ForServer("a.*.test"), TrustScenario.Dns("a.shop.test")),
        ["a wildcard directly under a top-level label"] = () => Mismatch(CertificateRecipe.ForServer("*.test")),
        ["a wildcard directly under a top-level label and a trailing dot"] = () => Mismatch(CertificateRecipe.ForServer("*.test"), TrustScenario.Dns("shop.test.")),
        ["a wildcard alone"] = () => Mismatch(CertificateRecipe.ForServer("*")),
        ["the name only as common name"] = () => Mismatch(CertificateRecipe.ForServer("other.test") with { Subject = "CN=shop.test" }),
        ["a common name and no subjectAltName"] = () => Mismatch(CertificateRecipe.ForServer() with { Subject = "CN=shop.test" }, reason: VerdictReason.NoSubjectAltName),
        ["a common name that is an address"] = () =>
            Mismatch(CertificateRecipe.ForServer() with { Subject = "CN=127.0.0.1" }, TrustScenario.Ip("127.0.0.1"), VerdictReason.NoSubjectAltName),
        ["another address"] = () => Mismatch(CertificateRecipe.ForServer().WithIp("127.0.0.2"), TrustScenario.Ip("127.0.0.1")),
        ["an address as DNS name"] = () => Mismatch(CertificateRecipe.ForServer("127.0.0.1"), TrustScenario.Ip("127.0.0.1")),
        ["an address where only names are listed"] = () => Mismatch(CertificateRecipe.ForServer("shop.test"), TrustScenario.Ip("127.0.0.1")),
        ["an address expected as DNS name"] = () =>
            Mismatch(CertificateRecipe.ForServer().WithIp("10.0.0.7"), TrustScenario.AnyOf("shop.test", Name("10.0.0.7"))),
        ["a name expected as address"] = () =>
            Mismatch(CertificateRecipe.ForServer("shop.test"), TrustScenario.AnyOf("shop.test", new SubjectName(SubjectNameKind.Ip, "shop.test"))),
        ["another URI"] = () =>
            Mismatch(CertificateRecipe.ForServer("shop.test").WithUri("spiffe://corp.test/shop"), TrustScenario.AnyOf("shop.test", Uri("spiffe://corp.test/other"))),
        ["a URI in another case"] = () =>
            Mismatch(CertificateRecipe.ForServer("shop.test").WithUri("spiffe://corp.test/Shop"), TrustScenario.AnyOf("shop.test", Uri("spiffe://corp.test/shop"))),
        ["a URI that is longer"] = () =>
            Mismatch(CertificateRecipe.ForServer("shop.test").WithUri("spiffe://corp.test/shop/"), TrustScenario.AnyOf("shop.test", Uri("spiffe://corp.test/shop"))),
        ["a URI expected and only the same text as DNS name"] = () =>
            Mismatch(CertificateRecipe.ForServer("shop.test", "spiffe://corp.test/shop"), TrustScenario.AnyOf("shop.test", Uri("spiffe://corp.test/shop"))),
        ["the server name does not count when other names are required"] = () =>
            Mismatch(CertificateRecipe.ForServer("shop.test"), TrustScenario.AnyOf("shop.test", Name("other.test"))),
    };

    private static Dictionary<string, Func<TrustScenario>> Dates() => new()
    {
        ["the first second"] = () => Direct(recipe => recipe with { NotBefore = Noon }) with { At = Noon },
        ["the last second"] = () => Direct(recipe => recipe with { NotAfter = Noon }) with { At = Noon },
        ["within the last second"] = () => Direct(recipe => recipe with { NotAfter = Noon }) with { At = Noon.AddMilliseconds(900) },
        ["dates beyond 2050"] = () => Direct(recipe => recipe with { NotAfter = new(2060, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
        ["an expired leaf"] = () => Direct(recipe => recipe with { NotAfter = Start.AddYears(1) }) with
        {
            Refused = VerdictReason.CertificateExpired,
            Because = "2025-01-01",
        },
        ["a leaf that expired a second ago"] = () => Direct(recipe => recipe with { NotAfter = Noon }) with
        {
            At = Noon.AddSeconds(1),
            Refused = VerdictReason.CertificateExpired,
        },
        ["a leaf of tomorrow"] = () => Direct(recipe => recipe with { NotBefore = Noon.AddDays(1) }) with
        {
            At = Noon,
            Refused = VerdictReason.CertificateNotYetValid,
        },
        ["a leaf of the next second"] = () => Direct(recipe => recipe with { NotBefore = Noon.AddSeconds(1) }) with
        {
            At = Noon,
            Refused = VerdictReason.CertificateNotYetValid,
        },
        ["an expired intermediate"] = () => Issued(Root("Corp Root"), out _, authority => authority with { NotAfter = Start.AddYears(1) }) with
        {
            Refused = VerdictReason.CertificateExpired,
            Because = "Corp Issuing CA",
        },
        ["an intermediate of tomorrow"] = () => Issued(Root("Corp Root"), out _, authority => authority with { NotBefore = Noon.AddYears(3) }) with
        {
            Refused = VerdictReason.CertificateNotYetValid,
            Because = "Corp Issuing CA",
        },
        ["an expired root"] = () =>
        {
            var root = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root") with { NotAfter = Start.AddYears(1) });
            return Refuse(VerdictReason.AnchorExpired, "Corp Root", [root.Issue("shop.test")], root.Certificate);
        },
        ["an expired self-signed leaf in the bundle"] = () =>
        {
            var leaf = TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test") with { NotAfter = Start.AddYears(1) });
            return Refuse(VerdictReason.CertificateExpired, "", [leaf], leaf);
        },
    };

    private static Dictionary<string, Func<TrustScenario>> Usages() => new()
    {
        ["a leaf for clients only"] = () => Direct(recipe => recipe with { ExtendedKeyUsages = [CertificateRecipe.ClientAuth] }) with
        {
            Refused = VerdictReason.WrongKeyUsage,
            Because = "extendedKeyUsage",
        },
        ["a leaf for any extended usage only"] = () => Direct(recipe => recipe with { ExtendedKeyUsages = [CertificateRecipe.AnyExtendedKeyUsage] }) with
        {
            Refused = VerdictReason.WrongKeyUsage,
        },
        ["an intermediate for clients only"] = () => Issued(
            Root("Corp Root"), out _, authority => authority with { ExtendedKeyUsages = [CertificateRecipe.ClientAuth] }) with
        {
            Refused = VerdictReason.WrongKeyUsage,
        },
        ["a leaf whose key may only sign lists"] = () => Direct(recipe => recipe with { KeyUsage = X509KeyUsageFlags.CrlSign }) with
        {
            Refused = VerdictReason.WrongKeyUsage,
            Because = "keyUsage",
            NoHandshake = true,
        },
        ["a leaf that claims keyCertSign"] = () => Direct(
            recipe => recipe with { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign }) with
        {
            Refused = VerdictReason.WrongKeyUsage,
            Because = "keyCertSign",
        },
        ["a leaf that issues"] = () =>
        {
            var root = Root("Corp Root");
            var leaf = root.CreateIntermediate(CertificateRecipe.ForServer("victim.test"));
            return Refuse(VerdictReason.WrongKeyUsage, "", [leaf.Issue("shop.test"), leaf.Certificate], root.Certificate);
        },
        ["an issuer without basic constraints"] = () => Issued(Root("Corp Root"), out _, authority => authority with { IsAuthority = null }) with
        {
            Refused = VerdictReason.WrongKeyUsage,
        },
        ["an issuer without basic constraints and key usage"] = () => Issued(
            Root("Corp Root"), out _, authority => authority with { IsAuthority = null, KeyUsage = null }) with
        { Refused = VerdictReason.WrongKeyUsage },
        ["an issuer without keyCertSign"] = () => Issued(Root("Corp Root"), out _, authority => authority with { KeyUsage = X509KeyUsageFlags.CrlSign }) with
        {
            Refused = VerdictReason.WrongKeyUsage,
        },
        ["a root without basic constraints"] = () => IssuedBy(CertificateRecipe.ForAuthority("Corp Root") with { IsAuthority = null }, VerdictReason.WrongKeyUsage),
        ["a root that is no CA"] = () => IssuedBy(CertificateRecipe.ForAuthority("Corp Root") with { IsAuthority = false }, VerdictReason.WrongKeyUsage),
        ["a root without keyCertSign"] = () =>
            IssuedBy(CertificateRecipe.ForAuthority("Corp Root") with { KeyUsage = X509KeyUsageFlags.CrlSign }, VerdictReason.WrongKeyUsage),
        ["a root of version 1"] = () => IssuedBy(CertificateRecipe.ForAuthority("Corp Root") with { Version = 1 }, VerdictReason.WrongKeyUsage, anonymous: true),
        ["an intermediate of version 1"] = () => Issued(Root("Corp Root"), out _, authority => authority with { Version = 1 }, anonymous: true) with
        {
            Refused = VerdictReason.WrongKeyUsage,
        },
        ["a leaf of version 1"] = () => Mismatch(CertificateRecipe.ForServer("shop.test") with { Version = 1 }, reason: VerdictReason.NoSubjectAltName),
        ["a pinned self-signed leaf issues for another name"] = () =>
        {
            var pinned = TestAuthority.CreateRoot(CertificateRecipe.ForServer("pinned.test"));
            return Refuse(VerdictReason.WrongKeyUsage, "", [pinned.Issue("shop.test")], pinned.Certificate);
        },
        ["a longer chain than the path length"] = () =>
        {
            var root = Root("Corp Root");
            var policy = root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Policy CA") with { PathLength = 0 });
            var issuing = policy.CreateIntermediate("Corp Issuing CA");
            return Refuse(VerdictReason.WrongKeyUsage, "", [issuing.Issue("shop.test"), issuing.Certificate, policy.Certificate], root.Certificate);
        },
        ["a longer chain than the root's path length"] = () =>
        {
            var root = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root") with { PathLength = 0 });
            var issuing = root.CreateIntermediate("Corp Issuing CA");
            return Refuse(VerdictReason.WrongKeyUsage, "", [issuing.Issue("shop.test"), issuing.Certificate], root.Certificate);
        },
        ["the path length is kept"] = () =>
        {
            var root = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root") with { PathLength = 1 });
            var issuing = root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Issuing CA") with { PathLength = 0 });
            return Trusted([issuing.Issue("shop.test"), issuing.Certificate], root.Certificate);
        },
        ["an unknown critical extension in the leaf"] = () => Direct(recipe => recipe.With(TestExtensions.UnknownCritical())) with
        {
            Refused = VerdictReason.MalformedCertificate,
            Because = "critical",
        },
        ["an unknown critical extension in the intermediate"] = () => Issued(
            Root("Corp Root"), out _, authority => authority.With(TestExtensions.UnknownCritical())) with
        { Refused = VerdictReason.MalformedCertificate },
        ["an unknown critical extension in the root"] = () =>
            IssuedBy(CertificateRecipe.ForAuthority("Corp Root").With(TestExtensions.UnknownCritical()), VerdictReason.MalformedCertificate),
    };

    private static Dictionary<string, Func<TrustScenario>> Strengths() => new()
    {
        ["keys on P-256"] = () => Keys(KeyKind.EcP256, HashAlgorithmName.SHA256),
        ["keys on P-384"] = () => Keys(KeyKind.EcP384, HashAlgorithmName.SHA384),
        ["keys on P-521"] = () => Keys(KeyKind.EcP521, HashAlgorithmName.SHA512),
        ["RSA keys of 2048 bits"] = () => Keys(KeyKind.Rsa2048, HashAlgorithmName.SHA256),
        ["RSA keys of 3072 bits"] = () => Keys(KeyKind.Rsa3072, HashAlgorithmName.SHA384),
        ["an RSA key of 4096 bits under P-256"] = () => Direct(recipe => recipe with { KeyKind = KeyKind.Rsa4096 }),
        ["RSA-PSS signatures over SHA-256"] = () => Keys(KeyKind.Rsa2048, HashAlgorithmName.SHA256, pss: true),
        ["RSA-PSS signatures over SHA-384"] = () => Keys(KeyKind.Rsa2048, HashAlgorithmName.SHA384, pss: true),
        ["RSA-PSS signatures over SHA-512"] = () => Keys(KeyKind.Rsa2048, HashAlgorithmName.SHA512, pss: true),
        ["an RSA signature over SHA-512"] = () => Keys(KeyKind.Rsa2048, HashAlgorithmName.SHA512),
        ["Ed25519 authorities"] = () => Issued(
            TestAuthority.CreateRoot((CertificateRecipe.ForAuthority("Corp Root") with { KeyKind = KeyKind.Ed25519 }).WithReadyKey("root")),
            out _,
            authority => authority with { KeyKind = KeyKind.Ed25519 }),
        ["the root's own signature is over SHA-1"] = () => SelfSignature(KeyKind.Rsa2048, HashAlgorithmName.SHA1),
        ["the root's own signature is over MD5"] = () => SelfSignature(KeyKind.Rsa2048, HashAlgorithmName.MD5),
        ["a pinned leaf's own signature is over SHA-1"] = () =>
        {
            var leaf = TestAuthority.SelfSigned((CertificateRecipe.ForServer("shop.test") with { KeyKind = KeyKind.Rsa2048, Hash = HashAlgorithmName.SHA1 }).WithReadyKey("leaf"));
            return Trusted([leaf], leaf);
        },

        ["a leaf signed over SHA-1"] = () => WeaklySigned(KeyKind.Rsa2048, HashAlgorithmName.SHA1),
        ["a leaf signed over MD5"] = () => WeaklySigned(KeyKind.Rsa2048, HashAlgorithmName.MD5),
        ["a leaf signed by P-256 over SHA-1"] = () => WeaklySigned(KeyKind.EcP256, HashAlgorithmName.SHA1),
        ["a leaf signed with RSA-PSS over SHA-1"] = () => WeaklySigned(KeyKind.Rsa2048, HashAlgorithmName.SHA1, pss: true),
        ["an intermediate signed over SHA-1"] = () => Issued(
            TestAuthority.CreateRoot((CertificateRecipe.ForAuthority("Corp Root") with { KeyKind = KeyKind.Rsa2048 }).WithReadyKey("root")),
            out _,
            authority => authority with { Hash = HashAlgorithmName.SHA1 }) with
        {
            Refused = VerdictReason.WeakSignature,
            Because = "Corp Issuing CA",
            NoHandshake = true,
        },
        ["a leaf with RSA of 1024 bits"] = () => WeakLeaf(KeyKind.Rsa1024, "1024"),
        ["a leaf with RSA of 512 bits"] = () => WeakLeaf(KeyKind.Rsa512, "512"),
        ["a leaf on P-192"] = () => WeakLeaf(KeyKind.EcP192, "P-192"),
        ["a leaf on secp256k1"] = () => WeakLeaf(KeyKind.EcSecp256k1, "secp256k1"),
        ["an intermediate with RSA of 1024 bits"] = () => Issued(Root("Corp Root"), out _, authority => authority with { KeyKind = KeyKind.Rsa1024 }) with
        {
            Refused = VerdictReason.WeakKey,
            Because = "Corp Issuing CA",
            NoHandshake = true,
        },
        ["an intermediate on secp256k1"] = () => Issued(Root("Corp Root"), out _, authority => authority with { KeyKind = KeyKind.EcSecp256k1 }) with
        {
            Refused = VerdictReason.WeakKey,
            Because = "Corp Issuing CA",
        },
        ["a root with RSA of 1024 bits"] = () =>
            IssuedBy(CertificateRecipe.ForAuthority("Corp Root") with { KeyKind = KeyKind.Rsa1024 }, VerdictReason.WeakKey),
        ["a root on P-192"] = () => IssuedBy(CertificateRecipe.ForAuthority("Corp Root") with { KeyKind = KeyKind.EcP192 }, VerdictReason.WeakKey),
        ["a root with DSA"] = () => IssuedBy(CertificateRecipe.ForAuthority("Corp Root") with { KeyKind = KeyKind.Dsa1024 }, VerdictReason.WeakSignature),
        ["a pinned leaf with RSA of 1024 bits"] = () =>
        {
            var leaf = TestAuthority.SelfSigned((CertificateRecipe.ForServer("shop.test") with { KeyKind = KeyKind.Rsa1024 }).WithReadyKey("leaf"));
            return Refuse(VerdictReason.WeakKey, "1024", [leaf], leaf) with { NoHandshake = true };
        },
    };

    /// <summary>Keys that the platform cannot serve with.</summary>
    private static Dictionary<string, Func<TrustScenario>> Unservable() => new()
    {
        ["a leaf with DSA"] = () => WeakLeaf(KeyKind.Dsa1024, "DSA"),
        ["an RSA key with the exponent 1"] = () => Disguised(RsaInfo(BigInteger.One << 2047 | 1, 1), "exponent"),
        ["an RSA key with an even exponent"] = () => Disguised(RsaInfo(BigInteger.One << 2047 | 1, 65536), "exponent"),
        ["an RSA key of 2047 bits"] = () => Disguised(RsaInfo(BigInteger.One << 2046 | 1, 65537), "2047"),
        ["an RSA key of 2049 bits"] = () => Disguised(RsaInfo(BigInteger.One << 2048 | 1, 65537), "2049"),
        ["a negative RSA modulus"] = () => Disguised(RsaInfo(-(BigInteger.One << 2047 | 1), 65537), ""),
        ["a key on a curve of explicit parameters"] = () => Disguised(ExplicitCurve(), "") with { Refused = VerdictReason.MalformedCertificate, Because = null },
        ["an Ed25519 leaf"] = () => Direct(recipe => recipe with { KeyKind = KeyKind.Ed25519 }),
    };

    private static Dictionary<string, Func<TrustScenario>> Constraints() => new()
    {
        ["a permitted name"] = () => ConstrainedBy(TestExtensions.NameConstraints(permitted: ["shop.test"]), null),
        ["a permitted parent"] = () => ConstrainedBy(TestExtensions.NameConstraints(permitted: ["test"]), null),
        ["a name permitted by the second constraint"] = () => ConstrainedBy(TestExtensions.NameConstraints(permitted: ["other.test", "shop.test"]), null),
        ["a constraint on another kind of name"] = () => ConstrainedBy(TestExtensions.NameConstraints(permitted: ["10.0.0.0/8"]), null),
        ["everything permitted"] = () => ConstrainedBy(TestExtensions.NameConstraints(permitted: [""]), null),
        ["another name excluded"] = () => ConstrainedBy(TestExtensions.NameConstraints(excluded: ["evil.test"]), null),
        ["a permitted network"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(permitted: ["127.0.0.0/8"]), null, CertificateRecipe.ForServer().WithIp("127.0.0.1"), TrustScenario.Ip("127.0.0.1")),
        ["a permitted IPv6 network"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(permitted: ["fd00::/12"]), null, CertificateRecipe.ForServer().WithIp("fd00::7"), TrustScenario.Ip("fd00::7")),
        ["the root's own constraint is kept"] = () => ConstrainedRoot(TestExtensions.NameConstraints(permitted: ["shop.test"]), null),

        ["a name that is not permitted"] = () => ConstrainedBy(TestExtensions.NameConstraints(permitted: ["corp.test"]), VerdictReason.NameConstraintViolated),
        ["a name that only ends like the permitted one"] = () => ConstrainedBy(TestExtensions.NameConstraints(permitted: ["op.test"]), VerdictReason.NameConstraintViolated),
        ["an excluded name"] = () => ConstrainedBy(TestExtensions.NameConstraints(excluded: ["shop.test"]), VerdictReason.NameConstraintViolated),
        ["an excluded parent"] = () => ConstrainedBy(TestExtensions.NameConstraints(excluded: ["test"]), VerdictReason.NameConstraintViolated),
        ["a name permitted and excluded"] = () =>
            ConstrainedBy(TestExtensions.NameConstraints(permitted: ["test"], excluded: ["shop.test"]), VerdictReason.NameConstraintViolated),
        ["every name excluded"] = () => ConstrainedBy(TestExtensions.NameConstraints(excluded: [""]), VerdictReason.NameConstraintViolated),
        ["a wildcard over an excluded name"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(excluded: ["pay.shop.test"]),
            VerdictReason.NameConstraintViolated,
            CertificateRecipe.ForServer("*.shop.test"),
            TrustScenario.Dns("pay.shop.test")),
        ["a wildcard over an excluded name with a trailing dot"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(excluded: ["pay.shop.test"]),
            VerdictReason.NameConstraintViolated,
            CertificateRecipe.ForServer("*.shop.test"),
            TrustScenario.Dns("pay.shop.test.")),
        ["a wildcard wider than the permitted name"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(permitted: ["pay.shop.test"]),
            VerdictReason.NameConstraintViolated,
            CertificateRecipe.ForServer("*.shop.test"),
            TrustScenario.Dns("other.shop.test")),
        ["a wildcard over a name that the root excludes"] = () => ConstrainedRoot(
            TestExtensions.NameConstraints(excluded: ["pay.shop.test"]),
            VerdictReason.NameConstraintViolated,
            CertificateRecipe.ForServer("*.shop.test"),
            TrustScenario.Dns("pay.shop.test")),
        ["the root's own constraint is broken"] = () => ConstrainedRoot(TestExtensions.NameConstraints(permitted: ["corp.test"]), VerdictReason.NameConstraintViolated),
        ["an address outside of the permitted network"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(permitted: ["10.0.0.0/8"]),
            VerdictReason.NameConstraintViolated,
            CertificateRecipe.ForServer().WithIp("127.0.0.1"),
            TrustScenario.Ip("127.0.0.1")),
        ["an address in an excluded network"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(excluded: ["127.0.0.0/9"]),
            VerdictReason.NameConstraintViolated,
            CertificateRecipe.ForServer().WithIp("127.0.0.1"),
            TrustScenario.Ip("127.0.0.1")),
        ["one of two names is free, the other constrained"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(excluded: ["pay.shop.test"]),
            null,
            CertificateRecipe.ForServer("*.shop.test"),
            TrustScenario.AnyOf("front.test", Name("pay.shop.test"), Name("a.shop.test"))),
        ["a constraint with a leading dot"] = () => ConstrainedBy(TestExtensions.NameConstraints(permitted: [".test"]), VerdictReason.MalformedCertificate),
        ["a constraint with a wildcard"] = () => ConstrainedBy(TestExtensions.NameConstraints(excluded: ["*.evil.test"]), VerdictReason.MalformedCertificate),
        ["constraints that constrain nothing"] = () =>
            ConstrainedBy(new X509Extension("2.5.29.30", [0x30, 0x00], critical: true), VerdictReason.MalformedCertificate),
        ["an empty list of permitted names"] = () =>
            ConstrainedBy(new X509Extension("2.5.29.30", [0x30, 0x02, 0xA0, 0x00], critical: true), VerdictReason.MalformedCertificate),
        ["a network mask with a gap"] = () => ConstrainedBy(
            new X509Extension("2.5.29.30", [0x30, 0x0E, 0xA1, 0x0C, 0x30, 0x0A, 0x87, 0x08, 10, 0, 0, 0, 0xFF, 0x00, 0xFF, 0x00], critical: true),
            VerdictReason.MalformedCertificate,
            CertificateRecipe.ForServer("shop.test").WithIp("127.0.0.1")),
        ["a network of seven octets"] = () => ConstrainedBy(
            new X509Extension("2.5.29.30", [0x30, 0x0D, 0xA1, 0x0B, 0x30, 0x09, 0x87, 0x07, 10, 0, 0, 0, 0xFF, 0xFF, 0xFF], critical: true),
            VerdictReason.MalformedCertificate),
        ["constraints in a leaf"] = () => Direct(recipe => recipe.With(TestExtensions.NameConstraints(permitted: ["test"]))) with
        {
            Refused = VerdictReason.MalformedCertificate,
        },
        ["a URI on the permitted host"] = () => ConstrainedBy(
            UriConstraint("corp.test"), null, WithUri("spiffe://corp.test/shop"), TrustScenario.AnyOf("shop.test", Uri("spiffe://corp.test/shop"))),
        ["a URI below the permitted domain"] = () => ConstrainedBy(
            UriConstraint(".corp.test"), null, WithUri("spiffe://a.corp.test/shop"), TrustScenario.AnyOf("shop.test", Uri("spiffe://a.corp.test/shop"))),
        ["a URI on another host"] = () => ConstrainedBy(
            UriConstraint("other.test"),
            VerdictReason.NameConstraintViolated,
            WithUri("spiffe://corp.test/shop"),
            TrustScenario.AnyOf("shop.test", Uri("spiffe://corp.test/shop"))),
        ["a URI without a host under a constraint"] = () => ConstrainedBy(
            UriConstraint("corp.test"), VerdictReason.NameConstraintViolated, WithUri("urn:shop"), TrustScenario.AnyOf("shop.test", Uri("urn:shop"))),
    };

    private static Dictionary<string, Func<TrustScenario>> Shapes() => new()
    {
        ["an extension twice"] = () => Direct(recipe => recipe.With(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true))) with
        {
            Refused = VerdictReason.MalformedCertificate,
        },
        ["an unknown extension twice"] = () => Direct(recipe => recipe.With(Note(), Note())) with
        {
            Refused = VerdictReason.MalformedCertificate,
            Because = "twice",
        },
        ["an unknown extension once"] = () => Direct(recipe => recipe.With(Note())),
        ["a subjectAltName that is no sequence"] = () => Direct(
            _ => CertificateRecipe.ForServer().With(new X509Extension("2.5.29.17", [0x04, 0x01, 0x00], critical: false)) with { Subject = "CN=shop.test" }) with
        {
            Refused = VerdictReason.MalformedCertificate,
        },
        ["a subjectAltName with an address of five octets"] = () => Direct(
            _ => CertificateRecipe.ForServer().With(AltNames([0x82, 9, .. "shop.test"u8], [0x87, 5, 1, 2, 3, 4, 5]))) with
        {
            Refused = VerdictReason.MalformedCertificate,
        },
        ["a subjectAltName followed by something"] = () => Direct(
            _ => CertificateRecipe.ForServer().With(new X509Extension("2.5.29.17", [0x30, 0x0B, 0x82, 9, .. "shop.test"u8, 0x05, 0x00], critical: false))) with
        {
            Refused = VerdictReason.MalformedCertificate,
        },
        ["a subjectAltName with a mail address and a directory name too"] = () => Direct(
            _ => CertificateRecipe.ForServer().With(AltNames([0x81, 3, .. "a@b"u8], [0x82, 9, .. "shop.test"u8], [0xA4, 2, 0x30, 0x00]))),
        ["a subjectAltName with a mail address only"] = () => Direct(
            _ => CertificateRecipe.ForServer().With(AltNames([0x81, 3, .. "a@b"u8]))) with
        { Refused = VerdictReason.NoSubjectAltName },
        ["a malformed name where nothing is constrained"] = () => Direct(_ => CertificateRecipe.ForServer("shop.test", ".shop.test")),
        ["a malformed name under a constraint"] = () => ConstrainedBy(
            TestExtensions.NameConstraints(permitted: ["shop.test"]), VerdictReason.NameConstraintViolated, CertificateRecipe.ForServer("shop.test", ".shop.test")),
    };

    private static DateTimeOffset Noon { get; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static TestAuthority Root(string name) => TestAuthority.CreateRoot(name);

    private static TestAuthority NamelessKeys(string name) =>
        TestAuthority.CreateRoot(CertificateRecipe.ForAuthority(name) with { WithoutKeyIdentifiers = true });

    private static TestAuthority NamelessAuthority(TestAuthority issuer, string name, Func<CertificateRecipe, CertificateRecipe> change) =>
        issuer.CreateIntermediate(change(CertificateRecipe.ForAuthority(name) with { WithoutKeyIdentifiers = true }));

    private static CertificateRecipe Anonymous() => CertificateRecipe.ForServer("shop.test") with { WithoutKeyIdentifiers = true };

    private static SubjectName Name(string name) => new(SubjectNameKind.Dns, name);

    private static SubjectName Uri(string uri) => new(SubjectNameKind.Uri, uri);

    private static CertificateRecipe WithUri(string uri) => CertificateRecipe.ForServer("shop.test").WithUri(uri);

    private static string Pin(X509Certificate2 certificate) => "sha256/" + Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    private static TrustScenario Trusted(ImmutableArray<X509Certificate2> sent, params ImmutableArray<X509Certificate2> mounted) =>
        new() { Sent = sent, Mounted = mounted };

    private static TrustScenario Refuse(
        VerdictReason reason, string because, ImmutableArray<X509Certificate2> sent, params ImmutableArray<X509Certificate2> mounted) =>
        new() { Sent = sent, Mounted = mounted, Refused = reason, Because = because.Length == 0 ? null : because };

    private static TrustScenario Direct(Func<CertificateRecipe, CertificateRecipe>? change = null, Contract.Configuration.PeerIdentity? identity = null)
    {
        var root = Root("Corp Root");
        var recipe = CertificateRecipe.ForServer("shop.test");
        return Trusted([root.Issue((change?.Invoke(recipe) ?? recipe).WithReadyKey("leaf"))], root.Certificate) with { Identity = identity ?? TrustScenario.Dns("shop.test") };
    }

    private static TrustScenario Mismatch(
        CertificateRecipe recipe, Contract.Configuration.PeerIdentity? identity = null, VerdictReason reason = VerdictReason.HostnameMismatch) =>
        Direct(_ => recipe, identity) with { Refused = reason };

    private static TrustScenario Issued(
        TestAuthority root, out TestAuthority issuing, Func<CertificateRecipe, CertificateRecipe>? change = null, bool anonymous = false)
    {
        var recipe = CertificateRecipe.ForAuthority("Corp Issuing CA");
        issuing = root.CreateIntermediate((change?.Invoke(recipe) ?? recipe).WithReadyKey("intermediate"));
        return Trusted([issuing.Issue(anonymous ? Anonymous() : CertificateRecipe.ForServer("shop.test")), issuing.Certificate], root.Certificate);
    }

    private static TrustScenario IssuedBy(CertificateRecipe rootRecipe, VerdictReason reason, bool anonymous = false)
    {
        var root = TestAuthority.CreateRoot(rootRecipe.WithReadyKey("root"));
        return Refuse(reason, "", [root.Issue(anonymous ? Anonymous() : CertificateRecipe.ForServer("shop.test"))], root.Certificate);
    }

    private static TrustScenario CrossSigned(bool trustOld)
    {
        var (old, renewed) = (Root("Corp Root"), Root("Corp Root X2"));
        var issuing = old.CreateIntermediate("Corp Issuing CA");
        return Trusted([issuing.Issue("shop.test"), issuing.Certificate, renewed.CrossSign(issuing)], (trustOld ? old : renewed).Certificate);
    }

    private static TrustScenario SameName(bool issuedByFirst, bool withKeyIdentifiers)
    {
        TestAuthority[] roots = withKeyIdentifiers ? [Root("Corp Root"), Root("Corp Root")] : [NamelessKeys("Corp Root"), NamelessKeys("Corp Root")];
        var recipe = CertificateRecipe.ForServer("shop.test") with { WithoutKeyIdentifiers = !withKeyIdentifiers };
        return Trusted([roots[issuedByFirst ? 0 : 1].Issue(recipe)], roots[0].Certificate, roots[1].Certificate);
    }

    private static TrustScenario Keys(KeyKind kind, HashAlgorithmName hash, bool pss = false)
    {
        var root = TestAuthority.CreateRoot((CertificateRecipe.ForAuthority("Corp Root") with { KeyKind = kind, Hash = hash, Pss = pss }).WithReadyKey("root"));
        return Trusted([root.Issue((CertificateRecipe.ForServer("shop.test") with { KeyKind = kind, Hash = hash, Pss = pss }).WithReadyKey("leaf"))], root.Certificate);
    }

    private static TrustScenario SelfSignature(KeyKind kind, HashAlgorithmName hash)
    {
        var root = TestAuthority.CreateRoot((CertificateRecipe.ForAuthority("Corp Root") with { KeyKind = kind, Hash = hash }).WithReadyKey("root"));
        return Trusted([root.Issue("shop.test")], root.Certificate);
    }

    private static TrustScenario WeaklySigned(KeyKind kind, HashAlgorithmName hash, bool pss = false)
    {
        var root = TestAuthority.CreateRoot((CertificateRecipe.ForAuthority("Corp Root") with { KeyKind = kind }).WithReadyKey("root"));
        var leaf = root.Issue(CertificateRecipe.ForServer("shop.test") with { Hash = hash, Pss = pss });

        // The server already refuses to offer such a certificate at the security level that OpenSSL has by default.
        return Refuse(VerdictReason.WeakSignature, "shop.test", [leaf], root.Certificate) with { NoHandshake = true };
    }

    private static TrustScenario WeakLeaf(KeyKind kind, string because) =>
        Direct(recipe => recipe with { KeyKind = kind }) with { Refused = VerdictReason.WeakKey, Because = because, NoHandshake = true };

    private static TrustScenario Disguised(byte[] publicKey, string because) => Direct(recipe => recipe with { Key = TestKey.Disguised(KeyKind.EcP256, publicKey) }) with
    {
        Refused = VerdictReason.WeakKey,
        Because = because,
    };

    private static byte[] RsaInfo(BigInteger modulus, BigInteger exponent)
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteInteger(modulus);
            key.WriteInteger(exponent);
        }

        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            using (info.PushSequence())
            {
                info.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                info.WriteNull();
            }

            info.WriteBitString(key.Encode());
        }

        return info.Encode();
    }

    private static byte[] ExplicitCurve()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var written = ECDsa.Create(key.ExportExplicitParameters(includePrivateParameters: false));
        return written.ExportSubjectPublicKeyInfo();
    }

    private static TrustScenario ConstrainedBy(
        X509Extension constraints, VerdictReason? reason, CertificateRecipe? leaf = null, Contract.Configuration.PeerIdentity? identity = null)
    {
        var root = Root("Corp Root");
        var issuing = root.CreateIntermediate(CertificateRecipe.ForAuthority("Corp Issuing CA").With(constraints));
        return Constrained([issuing.Issue(leaf ?? CertificateRecipe.ForServer("shop.test")), issuing.Certificate], root, reason, identity);
    }

    private static TrustScenario ConstrainedRoot(
        X509Extension constraints, VerdictReason? reason, CertificateRecipe? leaf = null, Contract.Configuration.PeerIdentity? identity = null)
    {
        var root = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("Corp Root").With(constraints));
        return Constrained([root.Issue(leaf ?? CertificateRecipe.ForServer("shop.test"))], root, reason, identity);
    }

    private static TrustScenario Constrained(
        ImmutableArray<X509Certificate2> sent, TestAuthority root, VerdictReason? reason, Contract.Configuration.PeerIdentity? identity) =>
        Trusted(sent, root.Certificate) with { Refused = reason, Identity = identity ?? TrustScenario.Dns("shop.test") };

    private static X509Extension UriConstraint(string host) => new(
        "2.5.29.30",
        [0x30, (byte)(host.Length + 6), 0xA0, (byte)(host.Length + 4), 0x30, (byte)(host.Length + 2), 0x86, (byte)host.Length, .. System.Text.Encoding.ASCII.GetBytes(host)],
        critical: true);

    private static X509Extension AltNames(params byte[][] names)
    {
        byte[] content = [.. names.SelectMany(name => name)];
        return new X509Extension("2.5.29.17", [0x30, (byte)content.Length, .. content], critical: false);
    }

    private static X509Extension Note() => new("1.3.6.1.4.1.55555.2", [0x05, 0x00], critical: false);
}
