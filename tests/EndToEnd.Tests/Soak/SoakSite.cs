using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.Operator.Tests.Delivery;
using Portcullis.TestKit.Pki;
using Portcullis.TestKit.Processes;

namespace Portcullis.EndToEnd.Tests.Soak;

/// <summary>Two backends, the certificates on both sides, and the configurations that lead to one or the other.</summary>
internal sealed class SoakSite : IAsyncDisposable
{
    public const string Host = "shop.test";
    public const string Version = "X-Version";

    private static readonly ResourceKey Front = new("shop", "front");

    private readonly TestAuthority front = TestAuthority.CreateRoot("public");
    private readonly TestAuthority corp;
    private readonly TemporaryFolder folder = new();
    private readonly X509Certificate2 leaf;
    private readonly SoakBackend even;
    private readonly SoakBackend odd;

    private SoakSite(SoakBackend even, SoakBackend odd, TestAuthority corp, OperatorEnd @operator)
    {
        (this.even, this.odd, this.corp, Operator) = (even, odd, corp, @operator);
        leaf = front.Issue(Host);
        folder.Write("bundles/shop.corp.pem", corp.Pem);
    }

    public OperatorEnd Operator { get; }

    public X509Certificate2 Root => front.Certificate;

    public string Bundles => folder["bundles"];

    public static async Task<SoakSite> StartAsync(CancellationToken cancellationToken)
    {
        var corp = TestAuthority.CreateRoot("corp");

        return new SoakSite(
            await SoakBackend.StartAsync("even.internal", corp, cancellationToken), await SoakBackend.StartAsync("odd.internal", corp, cancellationToken), corp, await OperatorEnd.StartAsync());
    }

    /// <summary>What a request that this version serves is answered.</summary>
    public static string AnswerOf(int version) => string.Create(CultureInfo.InvariantCulture, $"{NameOf(version)} {version}");

    /// <summary>Every version differs in all three: where it leads to, what it tells the backend, and what it tells the client.</summary>
    public GatewayConfiguration Configuration(int version)
    {
        var number = version.ToString(CultureInfo.InvariantCulture);
        var route = Make.Route(Make.Backend(version % 2 == 0 ? even.Port : odd.Port, NameOf(version)));

        return GatewayConfiguration.Of(
        [
            new SettingsEntry { DefaultCertificate = Front },
            new CertificateEntry { Certificate = Front, ChainPem = TestPem.Certificates(leaf), PrivateKeyPem = TestPem.PrivateKey(leaf) },
            new BundleEntry { Bundle = Make.Corp, Digest = Digest.Of(SHA256.HashData(corp.Certificate.RawData)), Anchors = [corp.Fingerprint] },
            route with
            {
                Hostnames = [Host],
                Rules = [.. route.Rules.Select(rule => rule with { Filters = new RuleFilters { RequestHeaders = Set(SoakBackend.Asked, number), ResponseHeaders = Set(Version, number) } })],
            },
        ]);
    }

    public void Offer(GatewayConfiguration configuration) =>
        Operator.Hub.Offer(ImmutableSortedDictionary<string, GatewayConfiguration>.Empty.Add("default", configuration));

    public async ValueTask DisposeAsync()
    {
        await Operator.DisposeAsync();
        await even.DisposeAsync();
        await odd.DisposeAsync();
        leaf.Dispose();
        corp.Dispose();
        front.Dispose();
        folder.Dispose();
    }

    private static string NameOf(int version) => version % 2 == 0 ? "even.internal" : "odd.internal";

    private static HeaderChanges Set(string name, string value) => new() { Set = [new HeaderField(name, value)] };
}
