using System.Collections.Immutable;
using System.Text;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Tests.Translation;

/// <summary>Small resources that tests start from.</summary>
internal static class Declared
{
    public static ResourceKey Corp { get; } = new("shop", "corp");

    public static ResourceKey Orders { get; } = new("shop", "orders");

    public static TrustBundle Bundle(params string[] inline) => new()
    {
        Metadata = Meta(Corp),
        Spec = new TrustBundleSpec { Sources = [.. inline.Select((text, index) => new TrustSource { Name = $"source-{index}", Inline = text })] },
    };

    public static BackendRoute Route(params CaCertificateRef[] bundles) => new()
    {
        Metadata = Meta(Orders),
        Spec = new BackendRouteSpec
        {
            Hostnames = ["orders.example.com"],
            Rules = [new Rule { Name = "all", BackendRefs = [new BackendRef { Name = "orders" }] }],
            Backends =
            [
                new Backend
                {
                    Name = "orders",
                    Endpoints = [new Endpoint { Ip = "10.1.2.3", Port = 8443 }],
                    Tls = new Tls { Validation = new Validation { CaCertificateRefs = [.. bundles], Hostname = "orders.corp.internal" } },
                },
            ],
        },
    };

    public static ResourceSnapshot Snapshot(TrustBundle bundle) => ResourceSnapshot.Empty with
    {
        BackendRoutes = ImmutableSortedDictionary<ResourceKey, BackendRoute>.Empty.Add(Orders, Route(new CaCertificateRef { Name = Corp.Name })),
        TrustBundles = ImmutableSortedDictionary<ResourceKey, TrustBundle>.Empty.Add(Corp, bundle),
    };

    public static V1Secret TlsSecret(ResourceKey key, string chain, string privateKey) => new()
    {
        Metadata = Meta(key),
        Data = new Dictionary<string, byte[]> { ["tls.crt"] = Encoding.UTF8.GetBytes(chain), ["tls.key"] = Encoding.UTF8.GetBytes(privateKey) },
    };

    public static V1ObjectMeta Meta(ResourceKey key) => new() { NamespaceProperty = key.Namespace, Name = key.Name, Generation = 1 };
}
