using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;
using Portcullis.Operator.Translation.Bundles;
using Portcullis.Operator.Translation.Gateways;
using Portcullis.Operator.Translation.Routes;

namespace Portcullis.Operator.Tests.Stores.Kubernetes;

[Trait("Promise", "P10")]
public sealed class OwnAddressTests
{
    [Theory]
    [InlineData("")]
    [InlineData("shop")]
    public async Task The_addresses_where_no_backend_may_lead_are_read_in_every_mode_and_followed(string watched)
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Objects.Apply(
            Manifests.Service("default/kubernetes") + ApiServerSlice("172.18.0.2")
            + Manifests.Service("portcullis-system/portcullis-operator").Replace("10.96.0.10", "None", StringComparison.Ordinal)
            + Manifests.Slice("portcullis-system/portcullis-operator", "{addresses: [10.0.0.1]}")
            + Manifests.Service("edge/gateway").Replace("10.96.0.10", "10.96.0.11", StringComparison.Ordinal) + Manifests.Slice("edge/gateway", "{addresses: [10.0.0.2]}")
            + Manifests.Service("shop/orders") + Manifests.Service("default/other") + Manifests.Slice("default/other", "{addresses: [10.0.0.3]}"));
        var options = WatchedCluster.Options with { WatchNamespaces = watched.Length == 0 ? [] : [watched] };
        cluster.Run(options, cluster.Server.AdminToken);

        var first = await cluster.SnapshotAsync(_ => true);
        Assert.Equal(["10.0.0.1:8443", "10.0.0.2:8443", "10.96.0.10:443", "10.96.0.11:443", "172.18.0.2:6443"], Forbidden(first));
        Assert.Equal(watched.Length == 0, first.Services.ContainsKey(new ResourceKey("default", "kubernetes")));
        Assert.Contains(Manifests.ServiceKey, first.Services.Keys);
        Assert.DoesNotContain(new ResourceKey("default", "other"), first.OwnServices.Keys);

        cluster.Objects.Apply(ApiServerSlice("172.18.0.3"));
        var moved = await cluster.NewestAsync(snapshot => snapshot.OwnSlices[new ResourceKey("default", "kubernetes")].Endpoints[0].Addresses[0] == "172.18.0.3");
        Assert.Contains("172.18.0.3:6443", Forbidden(moved));

        cluster.Objects.Apply(Manifests.Slice("edge/gateway", "{addresses: [10.0.0.9]}"));
        await cluster.NewestAsync(snapshot => Forbidden(snapshot).Contains("10.0.0.9:8443"));
    }

    private static string[] Forbidden(ResourceSnapshot snapshot)
    {
        var references = new References(snapshot, System.Collections.Immutable.ImmutableSortedDictionary<ResourceKey, BundleState>.Empty, RouteCertificates.Of(snapshot, null));
        var options = new TranslationOptions { OperatorService = WatchedCluster.Options.OperatorService, Gateways = WatchedCluster.Options.Gateways };

        return [.. ForbiddenEndpoints.Of(options, snapshot, references)];
    }

    private static string ApiServerSlice(string address) => Manifests.Slice("default/kubernetes", $"{{addresses: [{address}]}}")
        .Replace("name: kubernetes-1", "name: kubernetes", StringComparison.Ordinal)
        .Replace("8443", "6443", StringComparison.Ordinal);
}
