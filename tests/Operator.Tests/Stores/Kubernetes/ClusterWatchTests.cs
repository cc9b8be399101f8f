using Microsoft.Extensions.Logging;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Tests.Stores.Kubernetes;

public sealed class ClusterWatchTests
{
    private static readonly ResourceKey Front = new("shop", "front");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_is_a_snapshot_and_what_did_not_change_is_the_same_object()
    {
        await using var cluster = await StartAsync(Manifests.Route() + Manifests.Bundle() + Manifests.ConfigMap("shop/roots"));
        var before = await cluster.SnapshotAsync(_ => true);

        cluster.Objects.Apply(Manifests.Route("invoices"));
        var after = await cluster.SnapshotAsync(snapshot => snapshot.BackendRoutes.Count == 2);

        Assert.Same(before.BackendRoutes[Manifests.RouteKey], after.BackendRoutes[Manifests.RouteKey]);
        Assert.Same(before.ConfigMaps, after.ConfigMaps);

        cluster.Objects.Delete("BackendRoute", Manifests.RouteKey);
        await cluster.NewestAsync(snapshot => !snapshot.BackendRoutes.ContainsKey(Manifests.RouteKey));
    }

    [Fact]
    public async Task A_change_that_no_route_asks_about_waits_for_one_that_matters()
    {
        await using var cluster = await StartAsync(Manifests.Route() + Manifests.Service("shop/orders") + Manifests.Service("default/other"));
        await cluster.SnapshotAsync(_ => true);

        cluster.Objects.Apply(Manifests.Service("default/other", "changed"));
        cluster.Objects.Apply(Manifests.Service("shop/orders", "changed"));
        await cluster.SnapshotAsync(snapshot => snapshot.Services[Manifests.ServiceKey].Metadata.Annotations["note"] == "changed");

        Assert.Equal(2, cluster.Snapshots.Entries.Length);
        Assert.Equal("changed", cluster.Snapshots.Entries[^1].Services[new ResourceKey("default", "other")].Metadata.Annotations["note"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_deleted_during_an_outage_is_gone_afterwards_and_the_outage_is_said_once(bool compacted)
    {
        await using var cluster = await StartAsync(Manifests.Route() + Manifests.Route("invoices") + Manifests.Secret("shop/front"));
        await cluster.SnapshotAsync(_ => true);

        await cluster.Server.StopAsync();
        cluster.Objects.Delete("BackendRoute", Manifests.RouteKey);

        if (compacted)
        {
            cluster.Server.Faults.Compact();
        }

        await cluster.LoggedAsync("fails:");
        Assert.Equal(2, cluster.Snapshots.Entries[^1].BackendRoutes.Count);
        await cluster.Server.ResumeAsync(Token);

        await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 1);
        await cluster.LoggedAsync("answers every watch again");
        Assert.Single(cluster.Log.Lines.Entries, line => line.Level == LogLevel.Warning);
        Assert.DoesNotContain(cluster.Snapshots.Entries, snapshot => snapshot.BackendRoutes.IsEmpty);
    }

    [Fact]
    public async Task A_watch_that_fell_behind_history_reads_everything_again()
    {
        await using var cluster = await StartAsync(Manifests.Route());
        await cluster.SnapshotAsync(_ => true);

        cluster.Server.Faults.HangWatches();
        cluster.Objects.Delete("BackendRoute", Manifests.RouteKey);
        cluster.Objects.Apply(Manifests.Route("invoices"));
        cluster.Server.Faults.Compact();
        cluster.Server.Faults.ResumeWatches();

        var after = await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.ContainsKey(new ResourceKey("shop", "invoices")));
        Assert.Single(after.BackendRoutes);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_server_that_lags_behind_takes_nothing_back()
    {
        await using var cluster = await StartAsync(Manifests.Route());
        await cluster.SnapshotAsync(_ => true);

        cluster.Server.Faults.FreezeReads();
        cluster.Objects.Apply(Manifests.Route("invoices"));
        cluster.Server.Faults.Compact();
        cluster.Server.CutConnections();
        await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 2);

        cluster.Server.Faults.CatchUp();
        cluster.Objects.Apply(Manifests.Route("ravens"));
        await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 3);

        Assert.Equal(cluster.Snapshots.Entries.Select(snapshot => snapshot.BackendRoutes.Count).Order(), cluster.Snapshots.Entries.Select(snapshot => snapshot.BackendRoutes.Count));
    }

    [Fact]
    public async Task Watches_that_are_ended_in_order_go_on_where_they_were()
    {
        await using var cluster = await StartAsync(Manifests.Route());
        await cluster.SnapshotAsync(_ => true);
        var lists = cluster.Server.Requests.Entries.Count(request => request.Verb == "list");

        cluster.Server.Faults.SendBookmarks();
        cluster.Server.Faults.DropWatches();
        cluster.Objects.Apply(Manifests.Route("invoices"));
        await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 2);

        Assert.Equal(lists, cluster.Server.Requests.Entries.Count(request => request.Verb == "list"));
    }

    [Fact]
    public async Task A_garbled_event_is_not_a_lost_one()
    {
        await using var cluster = await StartAsync(Manifests.Route());
        await cluster.SnapshotAsync(_ => true);
        var garbled = 0;
        cluster.Server.Faults.FateOfEvents = happened =>
            happened.Kind == "BackendRoute" && Interlocked.Increment(ref garbled) == 1 ? TestKit.FakeApiServer.Reads.EventFate.Garble : TestKit.FakeApiServer.Reads.EventFate.Deliver;

        cluster.Objects.Apply(Manifests.Route("invoices"));

        await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 2);
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task An_object_that_makes_no_sense_delays_nobody_and_its_last_version_that_did_holds()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Log.Announce("cannot make sense of it at $.spec.backends[0].protocol");

        // A newer operator's CRD, and a user of its new value.
        cluster.Objects.Apply(Definitions.BackendRoutes.Replace("[HTTP11, ", "[HTTP9, HTTP11, ", StringComparison.Ordinal));
        cluster.Objects.Apply(Manifests.Route() + Manifests.Route("poison", protocol: "HTTP9") + Manifests.Route("ravens"));
        cluster.Log.Announce("CRD backendroutes.portcullis.dev does not fit");
        cluster.Run();

        var first = await cluster.SnapshotAsync(_ => true);
        Assert.Equal(3, first.BackendRoutes.Count);
        var poison = new ResourceKey("shop", "poison");
        var outline = first.BackendRoutes[poison];
        Assert.Equal((StandIn.Outline, "spec.backends[0].protocol", ReadFaultReason.Undecodable), (outline.Unread?.StandIn, outline.Unread?.Field, outline.Unread?.Fault.Reason));
        Assert.StartsWith("BackendRoute 'shop/poison' is there, but this operator cannot make sense of it at $.spec.backends[0].protocol. ", outline.Unread?.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(first.BackendRoutes[Manifests.RouteKey].Spec.Gateways, outline.Spec.Gateways);
        Assert.Equal(["company"], outline.Spec.Backends[0].Tls.Validation.CaCertificateRefs.Select(bundle => bundle.Name));
        Assert.NotEmpty(outline.Spec.Hostnames);
        Assert.Empty(outline.Spec.Rules);

        cluster.Objects.Apply(Manifests.Route(protocol: "HTTP9"));
        cluster.Objects.Apply(Manifests.Route("invoices"));
        var second = await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 4);
        var (good, held) = (first.BackendRoutes[Manifests.RouteKey], second.BackendRoutes[Manifests.RouteKey]);
        Assert.Same(good.Spec, held.Spec);
        Assert.Equal(StandIn.LastGood, held.Unread?.StandIn);
        Assert.True(held.Metadata.Generation > good.Metadata.Generation);

        cluster.Objects.Apply(Manifests.Route("poison"));
        var third = await cluster.NewestAsync(snapshot => snapshot.BackendRoutes[poison].Unread is null);
        Assert.NotEmpty(third.BackendRoutes[poison].Spec.Rules);
        Assert.DoesNotContain(third.Faults, one => one.Key.Kind == "BackendRoute");
    }

    [Fact]
    [Trait("Promise", "P10")]
    public async Task A_Secret_that_may_not_be_read_is_a_fault_with_the_command_that_permits_it_and_is_read_once_it_was_run()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Log.Announce("Secret 'shop/front' cannot be read");
        cluster.Objects.Apply(Manifests.Roles() + Manifests.Route(frontend: "front") + Manifests.Secret("shop/front"));
        cluster.Run(WatchedCluster.Options, cluster.Server.AddUser(WatchedCluster.OperatorUser));

        var first = await cluster.SnapshotAsync(_ => true);

        Assert.Equal(
            new ReadFault(
                ReadFaultReason.Forbidden,
                "The operator may not list and watch Secret 'shop/front'. Allow it in that namespace: kubectl create rolebinding portcullis-secret-reader " +
                "--clusterrole=portcullis-secret-reader --serviceaccount=portcullis-system:portcullis-operator -n shop"),
            first.FaultOf("Secret", Front));

        cluster.Objects.Apply(Manifests.SecretReader("shop"));
        var later = await cluster.NewestAsync(snapshot => snapshot.Secrets.ContainsKey(Front));

        Assert.Null(later.FaultOf("Secret", Front));
        await cluster.LoggedAsync("Secret 'shop/front' can be read again");
        Assert.Single(cluster.Log.Lines.Entries, line => line.Level == LogLevel.Error);
        Assert.DoesNotContain(cluster.Log.Lines.Entries, line => line.ToString().Contains("confidential", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P10")]
    public async Task Secrets_are_read_by_name_so_that_a_role_may_name_them()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Objects.Apply(Manifests.Roles() + Manifests.SecretReader("shop", "front") + Manifests.Route(frontend: "front") + Manifests.Secret("shop/front") + Manifests.Secret("shop/private"));
        cluster.Run(WatchedCluster.Options, cluster.Server.AddUser(WatchedCluster.OperatorUser));

        Assert.Equal([Front], (await cluster.SnapshotAsync(_ => true)).Secrets.Keys);
        Assert.DoesNotContain(cluster.Server.Requests.Entries, request => request.Resource == "secrets" && !request.Query.Contains("metadata.name%3Dfront", StringComparison.Ordinal));

        cluster.Objects.Delete("Secret", Front);
        var without = await cluster.NewestAsync(snapshot => snapshot.Secrets.IsEmpty);
        Assert.Null(without.FaultOf("Secret", Front));
    }

    [Fact]
    public async Task What_was_read_stays_when_it_may_not_be_read_any_more()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Log.Announce("Secret 'shop/front' cannot be read");
        cluster.Objects.Apply(Manifests.Roles() + Manifests.SecretReader("shop") + Manifests.Route(frontend: "front") + Manifests.Secret("shop/front"));
        cluster.Run(WatchedCluster.Options, cluster.Server.AddUser(WatchedCluster.OperatorUser));
        await cluster.SnapshotAsync(_ => true);

        cluster.Objects.Delete("RoleBinding", new ResourceKey("shop", "reader"));
        cluster.Server.Faults.DropWatches();
        await cluster.LoggedAsync("Secret 'shop/front' cannot be read");
        cluster.Objects.Apply(Manifests.Route("invoices"));

        var later = await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 2);
        Assert.Equal([Front], later.Secrets.Keys);
        Assert.Null(later.FaultOf("Secret", Front));
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_new_reference_is_unknown_until_its_watch_has_answered()
    {
        await using var cluster = await StartAsync(Manifests.Secret("shop/front"));
        await cluster.SnapshotAsync(_ => true);
        var release = new TaskCompletionSource();
        cluster.Server.Faults.BeforeRequest = request => request.Resource == "secrets" ? release.Task : Task.CompletedTask;

        cluster.Objects.Apply(Manifests.Route(frontend: "front"));
        var unknown = await cluster.SnapshotAsync(snapshot => snapshot.BackendRoutes.Count == 1);

        Assert.Equal(ReadFaultReason.NotAnswered, unknown.FaultOf("Secret", Front)?.Reason);
        release.SetResult();
        var known = await cluster.NewestAsync(snapshot => snapshot.Secrets.Count == 1);
        Assert.Null(known.FaultOf("Secret", Front));
        Assert.All(cluster.Snapshots.Entries.Where(snapshot => snapshot.BackendRoutes.Count == 1), snapshot =>
            Assert.True(snapshot.Secrets.ContainsKey(Front) || snapshot.FaultOf("Secret", Front) is not null));
    }

    [Fact]
    public async Task A_watch_that_nobody_needs_ends_after_its_grace()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Objects.Apply(Manifests.Route(frontend: "front") + Manifests.Secret("shop/front"));
        cluster.Run(WatchedCluster.Options with { Grace = TimeSpan.FromMilliseconds(1) }, cluster.Server.AdminToken);
        await cluster.NewestAsync(snapshot => snapshot.Secrets.Count == 1);

        cluster.Objects.Apply(Manifests.Route());
        await cluster.NewestAsync(snapshot => snapshot.Secrets.IsEmpty);

        cluster.Objects.Apply(Manifests.Route(frontend: "front"));
        await cluster.NewestAsync(snapshot => snapshot.Secrets.Count == 1);
    }

    [Fact]
    public async Task Grants_come_and_go_with_their_definition()
    {
        await using var cluster = await StartAsync(Manifests.Route(service: "certs/vault"));
        var grant = new ResourceKey("certs", "for-shop");
        var without = await cluster.SnapshotAsync(_ => true);
        Assert.Equal(ReadFaultReason.KindMissing, without.FaultOf("ReferenceGrant", grant)?.Reason);

        cluster.Objects.Apply(Definitions.ReferenceGrants("v1beta1"));
        cluster.Objects.Apply(Manifests.Grant("certs"));
        var with = await cluster.NewestAsync(snapshot => snapshot.ReferenceGrants.ContainsKey(grant));
        Assert.Null(with.FaultOf("ReferenceGrant", grant));

        cluster.Objects.Delete("CustomResourceDefinition", new ResourceKey("", Definitions.ReferenceGrantsName));
        var again = await cluster.NewestAsync(snapshot => snapshot.ReferenceGrants.IsEmpty && snapshot.FaultOf("ReferenceGrant", grant)?.Reason == ReadFaultReason.KindMissing);
        Assert.Single(again.BackendRoutes);

        cluster.Objects.Apply(Definitions.ReferenceGrants("v1"));
        cluster.Objects.Apply(Manifests.Grant("certs", "v1"));
        await cluster.NewestAsync(snapshot => snapshot.ReferenceGrants.ContainsKey(grant));
    }

    [Fact]
    public async Task Grants_are_read_without_their_definition_when_that_may_not_be_read()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Log.Announce("CustomResourceDefinition 'referencegrants.gateway.networking.k8s.io' cannot be read");
        cluster.Objects.Apply(Definitions.ReferenceGrants("v1beta1"));
        cluster.Objects.Apply(Manifests.Roles().Replace(", referencegrants.gateway.networking.k8s.io]", "]", StringComparison.Ordinal) + Manifests.Grant("certs"));

        cluster.Run(WatchedCluster.Options, cluster.Server.AddUser(WatchedCluster.OperatorUser));

        Assert.Single((await cluster.SnapshotAsync(_ => true)).ReferenceGrants);
    }

    [Fact]
    public async Task Hundreds_of_watches_take_several_connections()
    {
        const int Secrets = 300;
        await using var cluster = await WatchedCluster.StartAsync(streamsPerConnection: 100);
        cluster.Objects.Apply(string.Concat(Enumerable.Range(0, Secrets).Select(number => Manifests.Route($"route-{number}", frontend: $"front-{number}") + Manifests.Secret($"shop/front-{number}"))));

        cluster.Run();
        var first = await cluster.SnapshotAsync(_ => true);
        await cluster.WatchingAsync(Secrets);

        Assert.Equal(Secrets, first.Secrets.Count);
        Assert.InRange(cluster.Server.OpenConnections, 3, 20);

        cluster.Objects.Apply(Manifests.Secret("shop/front-7", "other"));
        await cluster.NewestAsync(snapshot => snapshot.Secrets[new ResourceKey("shop", "front-7")].Data["ca.crt"].SequenceEqual("other"u8.ToArray()));
    }

    [Fact]
    [Trait("Promise", "P10")]
    public async Task A_namespace_that_is_not_watched_is_a_fault_that_names_the_watched_ones()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Objects.Apply(Manifests.Route() + Manifests.Service("shop/orders") + Manifests.Service("certs/vault"));
        cluster.Run(WatchedCluster.Options with { WatchNamespaces = ["shop", "default"] }, cluster.Server.AdminToken);
        var first = await cluster.SnapshotAsync(_ => true);
        Assert.Equal([Manifests.ServiceKey], first.Services.Keys);
        Assert.DoesNotContain(first.Faults.Keys, reference => reference.Kind == "Service");

        cluster.Objects.Apply(Manifests.Route("vault", service: "certs/vault"));
        var later = await cluster.NewestAsync(snapshot => snapshot.BackendRoutes.Count == 2);

        Assert.Equal(
            "Namespace 'certs' is none of those that this operator watches (shop, default). Add it to watchNamespaces of the chart, or refer to a watched one.",
            later.FaultOf("Service", new ResourceKey("certs", "vault"))?.Message);
        Assert.Null(later.FaultOf("Service", new ResourceKey("shop", "gone")));

        cluster.Objects.Delete("BackendRoute", new ResourceKey("shop", "vault"));
        await cluster.NewestAsync(snapshot => snapshot.FaultOf("Service", new ResourceKey("certs", "vault")) is null);
    }

    [Fact]
    public async Task An_older_definition_is_an_error_that_names_what_it_drops_and_how_to_bring_it_up_to_date()
    {
        await using var cluster = await WatchedCluster.StartAsync();
        cluster.Objects.Apply(Definitions.TrustBundles.Replace("expiryWarning:", "retired:", StringComparison.Ordinal));
        cluster.Log.Announce("CRD trustbundles.portcullis.dev does not fit: it is older than this operator. The API server drops these fields from what users write: .spec.expiryWarning.");

        cluster.Run();
        var lines = await cluster.LoggedAsync(".spec.expiryWarning. Bring it up to date: kubectl apply --server-side -f deploy/crds");
        Assert.Single(lines, line => line.Level == LogLevel.Error);

        cluster.Objects.Apply(Definitions.TrustBundles);
        await cluster.LoggedAsync("CRD trustbundles.portcullis.dev is up to date.");
    }

    [Fact]
    public async Task Our_own_definitions_are_no_news()
    {
        await using var cluster = await StartAsync("");

        await cluster.SnapshotAsync(_ => true);

        Assert.DoesNotContain(cluster.Log.Lines.Entries, line => line.Message.Contains("CRD", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pods_follow_the_gateways_slices()
    {
        await using var cluster = await StartAsync(Manifests.Slice("edge/gateway", "{addresses: [10.0.0.2], targetRef: {kind: Pod, name: a, uid: uid-a}}"));
        await cluster.NewestAsync(snapshot => snapshot.Pods["default"].Keys.SequenceEqual(["uid-a"]));

        cluster.Objects.Apply(Manifests.Slice(
            "edge/gateway",
            "{addresses: [10.0.0.2], conditions: {ready: false, terminating: true}, targetRef: {kind: Pod, name: a, uid: uid-a}}",
            "{addresses: [10.0.0.3], conditions: {ready: false}, targetRef: {kind: Pod, name: b, uid: uid-b}}",
            "{addresses: [10.0.0.4]}"));

        await cluster.NewestAsync(snapshot => snapshot.Pods["default"].Keys.SequenceEqual(["uid-b"]));
    }

    [Fact]
    [Trait("Promise", "P3")]
    public async Task A_bundle_that_is_in_two_shards_is_the_one_that_its_status_vouches_for()
    {
        const string Older = "-----BEGIN CERTIFICATE-----\nQg==\n-----END CERTIFICATE-----\n";
        await using var cluster = await StartAsync(
            Manifests.Bundle() + Manifests.ConfigMap("shop/roots")
            + Manifests.ConfigMap("edge/trust-0", "shop.company.pem", Older) + Manifests.ConfigMap("edge/trust-1", "shop.company.pem"));
        var before = await cluster.SnapshotAsync(_ => true);
        Assert.Equal(Older, before.PublishedBundles[Manifests.BundleKey]);

        var digest = Digest.Of(System.Text.Encoding.UTF8.GetBytes(Manifests.Pem));
        cluster.Objects.Apply(Manifests.Bundle().Replace("---", $"status: {{active: {{digest: '{digest}', anchors: 1, intermediates: 0, sizeBytes: 10}}}}\n---", StringComparison.Ordinal));
        var vouched = await cluster.NewestAsync(snapshot => snapshot.TrustBundles[Manifests.BundleKey].Status?.Active is not null);
        Assert.Equal(Manifests.Pem, vouched.PublishedBundles[Manifests.BundleKey]);

        cluster.Objects.Delete("ConfigMap", new ResourceKey("edge", "trust-1"));
        var one = await cluster.NewestAsync(snapshot => snapshot.Shards.Count == 1);
        Assert.Equal(Older, one.PublishedBundles[Manifests.BundleKey]);
        Assert.Equal(WatchedCluster.Shard, Assert.Single(cluster.Watch.Objects.Shards).Key);
    }

    private static async Task<WatchedCluster> StartAsync(string manifests)
    {
        var cluster = await WatchedCluster.StartAsync();
        cluster.Objects.Apply(manifests);
        cluster.Run();

        return cluster;
    }
}
