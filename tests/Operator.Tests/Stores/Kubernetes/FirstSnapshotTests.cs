using System.Net;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Tests.Stores.Kubernetes;

public sealed class FirstSnapshotTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Promise", "P5")]
    public async Task It_has_everything_that_routes_and_bundles_refer_to()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        Fill(cluster);

        cluster.Run();
        await cluster.Watch.Synced.WaitAsync(Token);
        var first = await cluster.SnapshotAsync(_ => true);

        AssertWhole(first);
        Assert.Empty(cluster.Watch.Awaited);
    }

    [Theory]
    [InlineData("backendroutes")]
    [InlineData("trustbundles")]
    [InlineData("services")]
    [InlineData("endpointslices")]
    [InlineData("configmaps")]
    [InlineData("secrets")]
    [InlineData("customresourcedefinitions")]
    [InlineData("referencegrants")]
    [Trait("Promise", "P5")]
    public async Task It_waits_for_a_slow_list(string resource)
    {
        await using var cluster = await WatchedCluster.StartAsync();
        Fill(cluster);
        var (asked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Server.Faults.BeforeRequest = request =>
        {
            if (request.Verb != "list" || request.Resource != resource)
            {
                return Task.CompletedTask;
            }

            asked.TrySetResult();
            return release.Task;
        };

        cluster.Run();
        await asked.Task.WaitAsync(Token);
        await OthersAsync(cluster, resource);

        Assert.Empty(cluster.Snapshots.Entries);
        Assert.False(cluster.Watch.Synced.IsCompleted);
        Assert.NotEmpty(cluster.Watch.Awaited);

        release.SetResult();
        AssertWhole(await cluster.SnapshotAsync(_ => true));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task It_is_never_made_of_half_a_list()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Objects.Apply(string.Concat(Enumerable.Range(0, 501).Select(number => Manifests.Route($"route-{number}"))));
        cluster.Server.Faults.Answer(1, request => request.Resource == "backendroutes" && request.Query.Contains("continue=", StringComparison.Ordinal), HttpStatusCode.InternalServerError);

        cluster.Run();

        Assert.Equal(501, (await cluster.SnapshotAsync(_ => true)).BackendRoutes.Count);
    }

    [Fact]
    public async Task A_kind_that_is_not_installed_is_an_answer_and_its_objects_come_when_it_is()
    {
        await using var cluster = await WatchedCluster.StartAsync(withDefinitions: false);
        cluster.Log.Announce("kubectl apply --server-side -f deploy/crds");

        cluster.Run();
        var first = await cluster.SnapshotAsync(_ => true);

        Assert.Equal(ReadFaultReason.KindMissing, first.FaultOf("BackendRoute", Manifests.RouteKey)?.Reason);
        Assert.Equal(
            "The API server does not know TrustBundle (portcullis.dev/v1alpha1). Install the CRDs: kubectl apply --server-side -f deploy/crds",
            first.FaultOf("TrustBundle", Manifests.BundleKey)?.Message);

        cluster.Objects.Apply(Definitions.BackendRoutes);
        cluster.Objects.Apply(Definitions.TrustBundles);
        cluster.Objects.Apply(Manifests.Route() + Manifests.Bundle());
        var later = await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 1 && snapshot.TrustBundles.Count == 1);

        Assert.Null(later.FaultOf("BackendRoute", Manifests.RouteKey));
        Assert.Null(later.FaultOf("TrustBundle", Manifests.BundleKey));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task An_operator_that_may_read_no_route_is_ready_and_says_nothing_about_routes()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Log.Announce("cannot be read");
        cluster.Objects.Apply(Manifests.Route());

        cluster.Run(WatchedCluster.Options, cluster.Server.AddUser(WatchedCluster.OperatorUser));
        await cluster.Watch.Synced.WaitAsync(Token);

        Assert.Empty(cluster.Snapshots.Entries);
        await cluster.LoggedAsync(
            "every BackendRoute cannot be read: The operator may not list and watch every BackendRoute. Upgrade the chart, whose roles allow it, or allow ServiceAccount " +
            "portcullis-system:portcullis-operator to list and watch backendroutes.portcullis.dev.");

        cluster.Objects.Apply(Manifests.Roles());
        Assert.Single((await cluster.SnapshotAsync(_ => true)).BackendRoutes);
    }

    [Theory]
    [InlineData("backendroutes, trustbundles", "backendroutes")]
    [InlineData("backendroutes, trustbundles", "trustbundles")]
    [InlineData("services, configmaps", "configmaps")]
    [InlineData("endpointslices", "others")]
    [Trait("Promise", "P3")]
    [Trait("Promise", "P5")]
    [Trait("Promise", "P10")]
    public async Task An_operator_that_may_not_read_all_that_counts_is_ready_and_says_nothing_until_it_may(string all, string less)
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Log.Announce("cannot be read");
        Fill(cluster);
        cluster.Objects.Apply(Manifests.SecretReader("shop") + Manifests.Roles().Replace($"[{all}]", $"[{less}]", StringComparison.Ordinal));

        cluster.Run(WatchedCluster.Options, cluster.Server.AddUser(WatchedCluster.OperatorUser));
        await cluster.Watch.Synced.WaitAsync(Token);
        Assert.Empty(cluster.Snapshots.Entries);

        cluster.Objects.Apply(Manifests.Roles());
        await cluster.SnapshotAsync(_ => true);

        Assert.All(cluster.Snapshots.Entries, snapshot => Assert.True(snapshot is { BackendRoutes.Count: 1, TrustBundles.Count: 1 }));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task Routes_of_one_watched_namespace_are_not_all_routes()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Log.Announce("cannot be read");
        cluster.Objects.Apply(
            Manifests.Route() + Manifests.Route("vault").Replace("namespace: shop", "namespace: certs", StringComparison.Ordinal)
            + Manifests.Roles().Replace("[backendroutes, trustbundles]", "[trustbundles]", StringComparison.Ordinal) + RouteReader("shop"));

        cluster.Run(WatchedCluster.Options with { WatchNamespaces = ["shop", "certs"] }, cluster.Server.AddUser(WatchedCluster.OperatorUser));
        await cluster.Watch.Synced.WaitAsync(Token);
        await cluster.LoggedAsync("every BackendRoute in namespace 'certs' cannot be read");
        Assert.Empty(cluster.Snapshots.Entries);

        cluster.Objects.Apply(RouteReader("certs"));

        Assert.Equal(2, (await cluster.SnapshotAsync(_ => true)).BackendRoutes.Count);
    }

    private static string RouteReader(string ns) =>
        Manifests.SecretReader(ns).Replace("""apiGroups: [""], resources: [secrets]""", "apiGroups: [portcullis.dev], resources: [backendroutes]", StringComparison.Ordinal);

    private static void Fill(WatchedCluster cluster)
    {
        cluster.Objects.Apply(Definitions.ReferenceGrants("v1beta1"));
        cluster.Objects.Apply(
            Manifests.Route(frontend: "front") + Manifests.Bundle(secret: "hidden") + Manifests.ConfigMap("shop/roots") + Manifests.Secret("shop/front") + Manifests.Secret("shop/hidden")
            + Manifests.Service("shop/orders") + Manifests.Slice("shop/orders", "{addresses: [10.0.0.1]}") + Manifests.Grant("certs")
            + Manifests.ConfigMap("edge/trust-0", "shop.company.pem")
            + Manifests.Slice("edge/gateway", "{addresses: [10.0.0.2], targetRef: {kind: Pod, name: a, uid: uid-a}}", "{addresses: [10.0.0.3], conditions: {terminating: true}, targetRef: {kind: Pod, name: b, uid: uid-b}}"));
    }

    private static void AssertWhole(ResourceSnapshot snapshot)
    {
        Assert.Equal([Manifests.RouteKey], snapshot.BackendRoutes.Keys);
        Assert.Equal([Manifests.BundleKey], snapshot.TrustBundles.Keys);
        Assert.Equal([new ResourceKey("shop", "roots")], snapshot.ConfigMaps.Keys);
        Assert.Equal([new ResourceKey("shop", "front"), new ResourceKey("shop", "hidden")], snapshot.Secrets.Keys);
        Assert.Equal([Manifests.ServiceKey], snapshot.Services.Keys);
        Assert.Contains(new ResourceKey("shop", "orders-1"), snapshot.EndpointSlices.Keys);
        Assert.Equal([new ResourceKey("certs", "for-shop")], snapshot.ReferenceGrants.Keys);
        Assert.Equal([Manifests.Pem], snapshot.Shards[WatchedCluster.Shard].Values);
        Assert.Equal(Manifests.Pem, snapshot.PublishedBundles[Manifests.BundleKey]);
        Assert.Equal(["uid-a"], snapshot.Pods["default"].Keys);
        Assert.Empty(snapshot.Faults);
    }

    /// <summary>Until every other watch that can be wanted without the slow list is open.</summary>
    private static async Task OthersAsync(WatchedCluster cluster, string slow) => await cluster.Server.Requests.WaitAsync(
        requests => new[] { "backendroutes", "trustbundles", "services", "endpointslices" }
            .Where(resource => resource != slow)
            .All(resource => requests.Any(request => request.IsWatch && request.Resource == resource && request.Status is not null)),
        Token);
}
