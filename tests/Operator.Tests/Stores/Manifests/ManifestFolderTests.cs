using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Portcullis.Contract;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Tests.Stores.Manifests;

public sealed class ManifestFolderTests : IDisposable
{
    private static readonly ResourceKey Shop = new("default", "shop");
    private static readonly ResourceKey Corp = new("default", "corp");

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("portcullis-manifests-");
    private readonly FakeLogger<ManifestFolder> logger = new();
    private ManifestFolder folder;

    public ManifestFolderTests()
    {
        Directory.CreateDirectory(Path.Combine(root.FullName, "in"));
        folder = Start();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task Every_kind_is_read_from_YAML_and_JSON_in_subfolders_and_lists()
    {
        Write("routes/shop.yaml", Route("shop"));
        Write("trust.yml", Bundle("corp") + "---\n" + ConfigMap("corp-root", "ca.crt"));
        Write("more/all.json", """
            {"apiVersion":"v1","kind":"List","items":[
             {"apiVersion":"v1","kind":"Secret","metadata":{"name":"app-tls"},"type":"kubernetes.io/tls","data":{"tls.key":"AQI="},"stringData":{"tls.crt":"ab"}},
             {"apiVersion":"v1","kind":"Service","metadata":{"name":"orders","namespace":"backoffice"},"spec":{"ports":[{"port":8443}]}},
             {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"orders-1","labels":{"kubernetes.io/service-name":"orders"}},"addressType":"IPv4","endpoints":[{"addresses":["10.1.2.3"]}],"ports":[{"port":8443}]},
             {"apiVersion":"gateway.networking.k8s.io/v1beta1","kind":"ReferenceGrant","metadata":{"name":"g"},"spec":{"from":[{"group":"portcullis.dev","kind":"BackendRoute","namespace":"a"}],"to":[{"group":"portcullis.dev","kind":"TrustBundle"}]}}]}
            """);

        var snapshot = await Poll();

        Assert.Empty(folder.Problems);
        Assert.Equal(Protocol.HTTP11, snapshot.BackendRoutes[Shop].Spec.Backends[0].Protocol);
        Assert.Equal(-1, snapshot.BackendRoutes[Shop].Status!.ObservedGeneration);
        Assert.Equal("ca.crt", snapshot.TrustBundles[Corp].Spec.Sources[0].ConfigMap!.Key);
        Assert.Equal("ca.crt", snapshot.ConfigMaps[new("default", "corp-root")].Data.Keys.Single());
        Assert.Equal([1, 2], snapshot.Secrets[new("default", "app-tls")].Data["tls.key"]);
        Assert.Equal("ab"u8.ToArray(), snapshot.Secrets[new("default", "app-tls")].Data["tls.crt"]);
        Assert.Equal("8443", snapshot.Services[new("backoffice", "orders")].Spec.Ports[0].TargetPort.Value);
        Assert.Equal("TCP", snapshot.EndpointSlices[new("default", "orders-1")].Ports[0].Protocol);
        Assert.Equal("TrustBundle", snapshot.ReferenceGrants[new("default", "g")].Spec.To[0].Kind);
    }

    [Fact]
    public async Task Nothing_new_is_nothing_to_say()
    {
        Write("shop.yaml", Route("shop"));
        await Poll();

        Assert.Null(await folder.PollAsync(Cancelled));
        Assert.Null(await folder.PollAsync(Cancelled));
    }

    [Fact]
    public async Task An_edit_shows_and_raises_the_generation_only_when_the_spec_changes()
    {
        Write("shop.yaml", Route("shop"));
        var first = (await Poll()).BackendRoutes[Shop];

        Write("shop.yaml", Route("shop", host: "new.example.com"));
        var second = (await PollUntilNews()).BackendRoutes[Shop];
        Write("shop.yaml", Route("shop", host: "new.example.com").Replace("name: shop", "name: shop\n  labels: {team: a}", StringComparison.Ordinal));
        var third = (await PollUntilNews()).BackendRoutes[Shop];

        Assert.Equal([1, 2, 2], new[] { first, second, third }.Select(route => route.Metadata.Generation));
        Assert.Equal(["new.example.com"], second.Spec.Hostnames);
        Assert.Equal("a", third.Metadata.Labels["team"]);
        Assert.Equal(first.Metadata.Uid, third.Metadata.Uid);
        Assert.Null(third.Metadata.CreationTimestamp);
    }

    [Fact]
    public async Task An_edit_shows_in_what_is_watched()
    {
        Write("shop.yaml", Route("shop"));
        await using var snapshots = folder.WatchAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        await snapshots.MoveNextAsync();

        Write("shop.yaml", Route("shop", host: "new.example.com"));
        await snapshots.MoveNextAsync();

        Assert.Equal(["new.example.com"], snapshots.Current.BackendRoutes[Shop].Spec.Hostnames);
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_broken_file_keeps_its_last_good_objects_and_others_go_on()
    {
        Write("shop.yaml", Route("shop"));
        Write("cart.yaml", Route("cart"));
        await Poll();

        Write("shop.yaml", "apiVersion: [broken\n");
        Write("cart.yaml", Route("cart", host: "cart2.example.com"));
        var snapshot = await PollUntilNews();

        Assert.Equal(["shop.example.com"], snapshot.BackendRoutes[Shop].Spec.Hostnames);
        Assert.Equal(["cart2.example.com"], snapshot.BackendRoutes[new("default", "cart")].Spec.Hostnames);
        var problem = Assert.Single(folder.Problems);
        Assert.Equal("shop.yaml", problem.File);
        Assert.NotNull(problem.Line);
        Assert.Contains("shop.yaml", File.ReadAllText(At("status/problems.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_refused_object_keeps_its_last_good_version_and_says_where_and_what()
    {
        Write("all.yaml", Route("shop") + "---\n" + Route("cart"));
        await Poll();

        Write("all.yaml", Route("shop").Replace("validation:", "insecureSkipVerify: true\n        validation:", StringComparison.Ordinal) + "---\n" + Route("cart", host: "cart2.example.com"));
        var snapshot = await PollUntilNews();

        Assert.Equal(["shop.example.com"], snapshot.BackendRoutes[Shop].Spec.Hostnames);
        Assert.Equal(["cart2.example.com"], snapshot.BackendRoutes[new("default", "cart")].Spec.Hostnames);
        var problem = Assert.Single(folder.Problems);
        Assert.StartsWith("all.yaml:17: BackendRoute default/shop: spec.backends[0].tls.insecureSkipVerify is an unknown field.", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains("The last good version still holds.", problem.Message, StringComparison.Ordinal);
        Assert.Contains(logger.Collector.GetSnapshot(), line => line.Level == LogLevel.Error && line.Message.StartsWith("all.yaml:17:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_document_whose_name_was_damaged_takes_nothing_down()
    {
        Write("all.yaml", Route("shop") + "---\n" + Route("cart"));
        await Poll();

        Write("all.yaml", Route("Shop!").Replace("shop.example.com", "x.example.com", StringComparison.Ordinal) + "---\n" + Route("cart", host: "cart2.example.com"));
        var snapshot = await PollUntilNews();

        Assert.Equal(["shop.example.com"], snapshot.BackendRoutes[Shop].Spec.Hostnames);
    }

    [Fact]
    public async Task A_corrected_file_clears_its_problem()
    {
        Write("shop.yaml", "kind: [");
        await Poll();
        Assert.NotEmpty(folder.Problems);

        Write("shop.yaml", Route("shop"));
        await PollUntilNews();

        Assert.Empty(folder.Problems);
        Assert.False(File.Exists(At("status/problems.yaml")));
    }

    [Fact]
    public async Task Deleting_a_file_or_a_document_removes_its_objects()
    {
        Write("all.yaml", Route("shop") + "---\n" + Route("cart"));
        Write("trust.yaml", Bundle("corp"));
        await Poll();

        Write("all.yaml", Route("cart"));
        var withoutDocument = await PollUntilNews();
        File.Delete(At("in/trust.yaml"));
        var withoutFile = await PollUntilNews();

        Assert.Equal([new("default", "cart")], withoutDocument.BackendRoutes.Keys);
        Assert.Equal([Corp], withoutDocument.TrustBundles.Keys);
        Assert.Empty(withoutFile.TrustBundles);
        Assert.Empty(folder.Problems);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_half_written_file_does_no_harm()
    {
        Write("all.yaml", Route("shop") + "---\n" + Route("cart"));
        await Poll();

        // A valid half: without the second look it would remove a route.
        Write("all.yaml", Route("shop"));
        Assert.Null(await folder.PollAsync(Cancelled));
        Write("all.yaml", Route("shop") + "---\n" + Route("cart", host: "cart2.example.com"));
        var snapshot = await PollUntilNews();

        Assert.Equal(2, snapshot.BackendRoutes.Count);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_file_that_is_replaced_by_removing_it_first_does_no_harm()
    {
        Write("shop.yaml", Route("shop"));
        await Poll();

        File.Delete(At("in/shop.yaml"));
        Assert.Null(await folder.PollAsync(Cancelled));
        Write("shop.yaml", Route("shop", host: "new.example.com"));
        var snapshot = await PollUntilNews();

        Assert.Equal(["new.example.com"], snapshot.BackendRoutes[Shop].Spec.Hostnames);
    }

    [Fact]
    public async Task An_emptied_file_keeps_its_objects_until_it_is_deleted()
    {
        Write("shop.yaml", Route("shop"));
        await Poll();

        Write("shop.yaml", "");
        await PollTimes(3);

        Assert.Contains("is empty", Assert.Single(folder.Problems).Message, StringComparison.Ordinal);
        Assert.Contains(Shop, (await Restarted()).BackendRoutes.Keys);
    }

    [Fact]
    public async Task A_file_that_never_stands_still_is_read_all_the_same()
    {
        Write("shop.yaml", Route("shop"));
        await Poll();
        ResourceSnapshot? snapshot = null;

        for (var look = 0; look < 10 && snapshot is null; look++)
        {
            Write("shop.yaml", Route("shop", host: "new.example.com") + new string('\n', look));
            snapshot = await folder.PollAsync(Cancelled);
        }

        Assert.Equal(["new.example.com"], snapshot!.BackendRoutes[Shop].Spec.Hostnames);
    }

    [Fact]
    public async Task Of_two_files_with_the_same_object_the_first_has_it_and_the_other_is_reported()
    {
        Write("b.yaml", Route("shop", host: "b.example.com"));
        Write("a.yaml", Route("shop", host: "a.example.com"));

        var snapshot = await Poll();

        Assert.Equal(["a.example.com"], snapshot.BackendRoutes[Shop].Spec.Hostnames);
        Assert.Equal("b.yaml:1: BackendRoute default/shop: is in a.yaml:1 already, and that one holds. Remove one of them.", Assert.Single(folder.Problems).ToString());
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task Last_good_survives_a_restart_while_the_file_is_broken()
    {
        Write("shop.yaml", Route("shop"));
        await Poll();
        Write("shop.yaml", Route("shop", host: "new.example.com"));
        await PollUntilNews();

        Write("shop.yaml", "kind: [");
        var snapshot = await Restarted();

        Assert.Equal(["new.example.com"], snapshot.BackendRoutes[Shop].Spec.Hostnames);
        Assert.Equal(2, snapshot.BackendRoutes[Shop].Metadata.Generation);
    }

    [Fact]
    public async Task What_was_deleted_while_the_operator_was_away_is_gone_after_the_restart()
    {
        Write("shop.yaml", Route("shop"));
        await Poll();

        File.Delete(At("in/shop.yaml"));
        var snapshot = await Restarted();

        Assert.Empty(snapshot.BackendRoutes);
        Assert.Empty(Directory.EnumerateFiles(At("state/accepted"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_folder_that_vanished_is_not_an_empty_one()
    {
        Write("shop.yaml", Route("shop"));
        await Poll();

        Directory.Move(At("in"), At("elsewhere"));
        var vanished = await PollTimes(3);
        var restarted = await Restarted();

        Assert.All(vanished, snapshot => Assert.Contains(Shop, snapshot.BackendRoutes.Keys));
        Assert.Contains(Shop, restarted.BackendRoutes.Keys);
        Assert.Contains("does not exist", Assert.Single(folder.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_folder_that_was_never_there_says_nothing_at_all()
    {
        Directory.Delete(At("in"));

        Assert.Empty(await PollTimes(3));

        Directory.CreateDirectory(At("in"));
        Assert.NotNull(await folder.PollAsync(Cancelled));
    }

    [Fact]
    [Trait("Promise", "P9")]
    [UnsupportedOSPlatform("windows")]
    public async Task Saved_manifests_are_for_the_owner_alone()
    {
        Write("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n");

        await Poll();

        var saved = Directory.EnumerateFiles(At("state/accepted"), "*", SearchOption.AllDirectories).Single();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(saved));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(saved)!));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(At("state")));
    }

    [Theory]
    [Trait("Promise", "P9")]
    [InlineData("data: {password: hunter2-is-no-base64!}")]
    [InlineData("data: {password: {hunter2: x}}")]
    [InlineData("stringData: {password: [hunter2]}")]
    [InlineData("stringDat: {password: hunter2}")]
    [InlineData("type: kubernetes.io/tls\nstringData: {password: hunter2}")]
    public async Task A_refused_secret_is_refused_alone_without_its_content(string content)
    {
        Write("secret.yaml", $"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n{content}\n---\n{Route("shop")}");

        var snapshot = await Poll();

        Assert.Contains(Shop, snapshot.BackendRoutes.Keys);
        Assert.Empty(snapshot.Secrets);
        Assert.NotEmpty(folder.Problems);
        Assert.DoesNotContain(folder.Problems, problem => problem.ToString().Contains("hunter2", StringComparison.Ordinal));
        Assert.DoesNotContain(logger.Collector.GetSnapshot(), line => line.Message.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_kind_that_is_not_used_is_passed_over_with_one_line()
    {
        Write("deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n");

        await Poll();
        await PollTimes(3);

        Assert.Empty(folder.Problems);
        Assert.Equal("Ignored deployment.yaml:1: Deployment of apps/v1 is no kind that Portcullis uses.", Assert.Single(logger.Collector.GetSnapshot(), line => line.Level == LogLevel.Information).Message);
    }

    [Fact]
    public async Task Hidden_files_other_files_and_our_own_outputs_are_passed_over()
    {
        folder = Start(outputs: "in");
        Write(".shop.yaml", "broken: [");
        Write(".git/x.yaml", "broken: [");
        Write("notes.txt", "broken: [");
        Write("status/backendroute/default.shop.yaml", "broken: [");
        Write("shop.yaml", Route("shop"));

        await Poll();

        Assert.Empty(folder.Problems);
    }

    [Fact]
    public async Task A_loop_of_links_a_dangling_link_and_a_huge_file_are_reported_and_the_rest_is_read()
    {
        Write("sub/shop.yaml", Route("shop"));
        Directory.CreateSymbolicLink(At("in/sub/loop"), At("in"));
        File.CreateSymbolicLink(At("in/dangling.yaml"), At("nowhere.yaml"));
        File.CreateSymbolicLink(At("in/self.yaml"), At("in/self.yaml"));
        await using (var huge = File.Create(At("in/huge.yaml")))
        {
            huge.SetLength((8 * 1024 * 1024) + 1);
        }

        var snapshot = await Poll();

        Assert.Equal([Shop], snapshot.BackendRoutes.Keys);
        Assert.Equal(["sub/loop", "dangling.yaml", "huge.yaml", "self.yaml"], folder.Problems.Select(problem => problem.File));
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_reported()
    {
        await File.WriteAllBytesAsync(At("in/latin.yaml"), [0x61, 0x3A, 0x20, 0xE9, 0x0A], Cancelled);

        await Poll();

        Assert.Contains("UTF-8", Assert.Single(folder.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bundles_are_written_whole_only_when_they_differ_and_removed_when_they_go()
    {
        await Poll();
        await folder.PublishBundlesAsync(new BundlePublication { Bundles = [Compiled("corp", "one\n"), Compiled("old", "x\n")] }, Cancelled);
        var stamp = File.GetLastWriteTimeUtc(At("bundles/default.corp.pem"));
        File.SetLastWriteTimeUtc(At("bundles/default.corp.pem"), stamp.AddHours(-1));
        await File.WriteAllTextAsync(At("bundles/README"), "not ours", Cancelled);

        await folder.PublishBundlesAsync(new BundlePublication { Bundles = [Compiled("corp", "one\n")] }, Cancelled);

        Assert.Equal("one\n", await File.ReadAllTextAsync(At("bundles/default.corp.pem"), Cancelled));
        Assert.Equal(stamp.AddHours(-1), File.GetLastWriteTimeUtc(At("bundles/default.corp.pem")));
        Assert.Equal(["README", "default.corp.pem"], Directory.EnumerateFiles(At("bundles")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_bundle_that_somebody_removed_is_written_again()
    {
        await Poll();
        await folder.PublishBundlesAsync(new BundlePublication { Bundles = [Compiled("corp", "one\n")] }, Cancelled);

        File.Delete(At("bundles/default.corp.pem"));
        await folder.PublishBundlesAsync(new BundlePublication { Bundles = [Compiled("corp", "one\n")] }, Cancelled);

        Assert.True(File.Exists(At("bundles/default.corp.pem")));
    }

    [Fact]
    [Trait("Promise", "P3")]
    public async Task What_was_published_is_in_the_next_snapshot_and_after_a_restart()
    {
        Write("trust.yaml", Bundle("corp"));
        Assert.Empty((await Poll()).PublishedBundles);

        await folder.PublishBundlesAsync(new BundlePublication { Bundles = [Compiled("corp", "one\n")] }, Cancelled);
        await folder.PublishStatusesAsync([BundleStatus("corp", "one\n")], Cancelled);
        var next = await Poll();
        var restarted = await Restarted();

        foreach (var snapshot in new[] { next, restarted })
        {
            Assert.Equal("one\n", snapshot.PublishedBundles[Corp]);
            Assert.Equal(Digest.Of("one\n"u8).ToString(), snapshot.TrustBundles[Corp].Status!.Active!.Digest);
        }
    }

    [Fact]
    public async Task Publishing_the_same_again_is_no_news()
    {
        Write("trust.yaml", Bundle("corp"));
        await Poll();
        await folder.PublishBundlesAsync(new BundlePublication { Bundles = [Compiled("corp", "one\n")] }, Cancelled);
        await folder.PublishStatusesAsync([BundleStatus("corp", "one\n")], Cancelled);
        await Poll();

        await folder.PublishBundlesAsync(new BundlePublication { Bundles = [Compiled("corp", "one\n")] }, Cancelled);
        await folder.PublishStatusesAsync([BundleStatus("corp", "one\n")], Cancelled);

        Assert.Null(await folder.PollAsync(Cancelled));
    }

    [Fact]
    public async Task A_status_file_shows_the_object_and_its_status_and_goes_with_it()
    {
        Write("shop.yaml", Route("shop"));
        await Poll();

        await folder.PublishStatusesAsync([RouteStatus("shop")], Cancelled);
        var text = await File.ReadAllTextAsync(At("status/backendroute/default.shop.yaml"), Cancelled);
        await folder.PublishStatusesAsync([], Cancelled);

        Assert.Equal(
            """
            apiVersion: portcullis.dev/v1alpha1
            kind: BackendRoute
            metadata:
              name: shop
              namespace: default
            status:
              observedGeneration: 1
              conditions:
              - type: Ready
                status: "False"
                reason: Pending
                message: 'waiting for: gateways'
                observedGeneration: 1
                lastTransitionTime: 2026-01-02T03:04:05+00:00
              programmedReplicas: 0/1

            """,
            text);
        Assert.False(File.Exists(At("status/backendroute/default.shop.yaml")));
    }

    [Fact]
    public async Task A_status_file_that_cannot_be_read_is_written_anew()
    {
        Directory.CreateDirectory(At("status/backendroute"));
        await File.WriteAllTextAsync(At("status/backendroute/default.shop.yaml"), "status: [", Cancelled);
        Write("shop.yaml", Route("shop"));

        Assert.Equal(-1, (await Poll()).BackendRoutes[Shop].Status!.ObservedGeneration);
        await folder.PublishStatusesAsync([RouteStatus("shop")], Cancelled);

        Assert.Equal(1, (await Poll()).BackendRoutes[Shop].Status!.ObservedGeneration);
    }

    [Fact]
    public async Task A_resource_with_the_longest_name_has_its_files()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 62), 4));
        Write("shop.yaml", Route(name).Replace($"name: {name}", $"name: {name}\n  namespace: {new string('n', 63)}", StringComparison.Ordinal));
        var key = new ResourceKey(new string('n', 63), name);

        Assert.Equal([key], (await Poll()).BackendRoutes.Keys);
        await folder.PublishStatusesAsync([new ResourceStatus.OfRoute(key, new BackendRouteStatus { ObservedGeneration = 1 })], Cancelled);

        Assert.Equal(1, (await Restarted()).BackendRoutes[key].Status!.ObservedGeneration);
    }

    [Fact]
    public async Task A_folder_can_be_read_once_without_writing_anything()
    {
        Write("shop.yaml", Route("shop"));
        Write("bad.yaml", "kind: [");

        var (snapshot, problems) = await ManifestFolder.ReadAsync(At("in"), logger, Cancelled);

        Assert.Equal([Shop], snapshot.BackendRoutes.Keys);
        Assert.Equal("bad.yaml", Assert.Single(problems).File);
        Assert.Equal(["in"], Directory.EnumerateFileSystemEntries(root.FullName).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task Every_sample_is_good()
    {
        var (snapshot, problems) = await ManifestFolder.ReadAsync(Path.Combine(AppContext.BaseDirectory, "samples"), logger, Cancelled);

        Assert.Empty(problems);
        Assert.NotEmpty(snapshot.BackendRoutes);
    }

    private static string Route(string name, string? host = null) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata:
          name: {{name}}
        spec:
          hostnames:
            - {{host ?? $"{(name.Length > 63 ? "long" : name)}.example.com"}}
          rules:
            - name: all
              backendRefs:
                - name: orders
          backends:
            - name: orders
              endpoints:
                - {ip: 10.1.2.3, port: 8443}
              tls:
                validation:
                  caCertificateRefs:
                    - name: corp
                  hostname: orders.internal

        """);

    private static string Bundle(string name) =>
        $"apiVersion: portcullis.dev/v1alpha1\nkind: TrustBundle\nmetadata: {{name: {name}}}\nspec:\n  sources:\n  - name: root\n    configMap: {{name: corp-root}}\n";

    private static string ConfigMap(string name, string key) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n  {key}: text\n";

    private static CompiledBundle Compiled(string name, string pem) => new()
    {
        Key = new ResourceKey("default", name),
        Pem = pem,
        Digest = Digest.Of(System.Text.Encoding.UTF8.GetBytes(pem)),
        Anchors = [],
    };

    private static ResourceStatus.OfBundle BundleStatus(string name, string pem) => new(new ResourceKey("default", name), new TrustBundleStatus
    {
        ObservedGeneration = 1,
        Active = new ActiveBundle { Digest = Compiled(name, pem).Digest.ToString(), Anchors = 1, Intermediates = 0, SizeBytes = pem.Length },
    });

    private static ResourceStatus.OfRoute RouteStatus(string name) => new(new ResourceKey("default", name), new BackendRouteStatus
    {
        ObservedGeneration = 1,
        ProgrammedReplicas = "0/1",
        Conditions =
        [
            new Condition
            {
                Type = "Ready",
                Status = "False",
                Reason = "Pending",
                Message = "waiting for: gateways",
                ObservedGeneration = 1,
                LastTransitionTime = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            },
        ],
    });

    private string At(string path) => Path.Combine(root.FullName, path);

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At($"in/{path}"))!);
        File.WriteAllText(At($"in/{path}"), content);
    }

    private ManifestFolder Start(string outputs = "") => new(
        new ManifestFolderOptions
        {
            Folder = At("in"),
            BundlesFolder = At(Path.Combine(outputs, "bundles")),
            StatusFolder = At(Path.Combine(outputs, "status")),
            StateFolder = At(Path.Combine(outputs, "state")),
            PollInterval = TimeSpan.FromMilliseconds(10),
        },
        TimeProvider.System,
        logger);

    private async Task<ResourceSnapshot> Poll()
    {
        var snapshot = await folder.PollAsync(Cancelled);
        Assert.NotNull(snapshot);
        return snapshot;
    }

    /// <summary>A change shows at the second look at the latest after it stands still.</summary>
    private async Task<ResourceSnapshot> PollUntilNews() => Assert.Single(await PollTimes(2));

    private async Task<ImmutableArray<ResourceSnapshot>> PollTimes(int times)
    {
        var snapshots = ImmutableArray.CreateBuilder<ResourceSnapshot>();

        for (var look = 0; look < times; look++)
        {
            if (await folder.PollAsync(Cancelled) is { } snapshot)
            {
                snapshots.Add(snapshot);
            }
        }

        return snapshots.ToImmutable();
    }

    private async Task<ResourceSnapshot> Restarted()
    {
        folder = Start();
        return await Poll();
    }
}
