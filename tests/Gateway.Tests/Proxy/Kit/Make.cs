using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Mounts;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Kit;

/// <summary>Configuration entries and mounts as short as a test wants to read them.</summary>
internal static class Make
{
    public static readonly ResourceKey Corp = new("shop", "corp");

    private static readonly DateTimeOffset Created = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A route that sends everything for shop.test and its subdomains to the backend.</summary>
    public static RouteEntry Route(params BackendConfiguration[] backends) => new()
    {
        Route = new ResourceKey("shop", "web"),
        Created = Created,
        Hostnames = ["shop.test", "*.shop.test"],
        Rules = [Rule("/", new RuleAction.Forward([.. backends.Select(backend => new WeightedBackend(backend.Name, 1))]))],
        Backends = [.. backends],
    };

    public static RouteRule Rule(string prefix, RuleAction action) => new()
    {
        Name = "rule",
        Matches = [new RouteMatch { Path = new PathMatch(PathMatchType.PathPrefix, prefix) }],
        Action = action,
    };

    /// <summary>Expects the name <paramref name="serverName"/>, which is also the SNI, against the bundle <see cref="Corp"/>.</summary>
    public static BackendConfiguration Backend(int port, string serverName = "orders.internal") => new()
    {
        Name = "orders",
        Endpoints = [Endpoint(port, serverName)],
        Tls = new BackendTls { Bundles = [Corp] },
    };

    public static BackendEndpoint Endpoint(int port, string serverName = "orders.internal") => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Identity = new PeerIdentity { ServerName = serverName, Names = [new SubjectName(SubjectNameKind.Dns, serverName)] },
    };

    public static BundleEntry Bundle(params TestAuthority[] anchors) => Bundle(Corp, anchors);

    public static BundleEntry Bundle(ResourceKey key, params TestAuthority[] anchors) => new()
    {
        Bundle = key,
        Digest = DigestOf(anchors),
        Anchors = [.. anchors.Select(anchor => anchor.Fingerprint).Order()],
    };

    public static MountedBundles Mounts(params TestAuthority[] anchors) => Mounts((Corp, anchors));

    public static MountedBundles Mounts(params (ResourceKey Key, TestAuthority[] Anchors)[] bundles) => new()
    {
        Held = bundles.ToImmutableSortedDictionary(bundle => bundle.Key, bundle => new MountedBundle
        {
            Key = bundle.Key,
            Digest = DigestOf(bundle.Anchors),
            Certificates = [.. bundle.Anchors.Select(anchor => X509CertificateLoader.LoadCertificate(anchor.Certificate.RawData))],
        }),
    };

    public static PresentedChain Chain(TestAuthority authority, params string[] names) =>
        new() { Leaf = authority.Issue(names.Length == 0 ? ["orders.internal"] : names) };

    private static Digest DigestOf(TestAuthority[] anchors) => Digest.Of(Encoding.UTF8.GetBytes(string.Concat(anchors.Select(anchor => anchor.Pem))));
}
