using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Stores;
using Portcullis.Operator.Stores.Kubernetes.Publishing;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing.Bundles;

public sealed class ShardPublisherTests
{
    private static readonly (string, string) Corp = ("shop.corp.pem", "corp\n");
    private static readonly (string, string) Partner = ("shop.partner.pem", "partner\n");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shards_come_to_hold_what_is_published_and_then_nothing_is_written()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0");
        bench.Shard("trust-1");
        using var publisher = bench.Publisher();
        var wanted = PublishingBench.Wanted(("trust-0", [Corp]), ("trust-1", [Partner]));

        await publisher.PublishBundlesAsync(wanted, Cancelled);
        Assert.Equal("corp\n", bench.FilesOf("trust-0")["shop.corp.pem"]);
        Assert.Equal("partner\n", bench.FilesOf("trust-1")["shop.partner.pem"]);
        Assert.Equal(2, bench.Writes.Count());

        await publisher.PublishBundlesAsync(wanted, Cancelled);
        Assert.Equal(2, bench.Writes.Count());

        using var restarted = bench.Publisher();
        await restarted.PublishBundlesAsync(wanted, Cancelled);
        Assert.Equal(2, bench.Writes.Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Promise", "P7")]
    public async Task A_bundle_that_moves_is_never_absent_whenever_the_operator_is_killed(int write)
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0", Corp);
        bench.Shard("trust-1", Partner);
        var wanted = PublishingBench.Wanted(("trust-0", []), ("trust-1", [Corp, Partner]));
        using var killed = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var written = new List<string>();
        bench.Server.Faults.BeforeAnswer = async request =>
        {
            if (request.IsWrite)
            {
                Assert.Contains(Corp.Item1, bench.FilesOf("trust-0").Keys.Concat(bench.FilesOf("trust-1").Keys));
                written.Add(request.Name);

                if (written.Count == write)
                {
                    await killed.CancelAsync();
                }
            }
        };

        using (var first = bench.Publisher())
        {
            // The second write is the last, so the publisher may or may not have been told of it when it is killed.
            await Record.ExceptionAsync(() => first.PublishBundlesAsync(wanted, killed.Token));
        }

        Assert.Equal(write == 1 ? "trust-1" : "trust-1 trust-0", string.Join(' ', written));

        using var second = bench.Publisher();
        await second.PublishBundlesAsync(wanted, Cancelled);

        Assert.Equal("trust-1 trust-0", string.Join(' ', written));
        Assert.Empty(bench.FilesOf("trust-0"));
        Assert.Equal([Corp.Item1, Partner.Item1], bench.FilesOf("trust-1").Keys);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_bundle_does_not_leave_while_its_new_shard_refuses_it()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0", Corp, ("shop.gone.pem", "gone\n"));
        bench.Shard("trust-1");
        bench.Log.Announce("is forbidden to the operator");
        bench.Server.Faults.Answer(1, request => request.IsWrite && request.Name == "trust-1", HttpStatusCode.Forbidden);
        var publisher = bench.Run(bench.Publisher());

        await publisher.PublishBundlesAsync(PublishingBench.Wanted(("trust-0", []), ("trust-1", [Corp])), Cancelled);

        // What does not move goes at once: one shard's refusal is not another's.
        Assert.Equal([Corp.Item1], bench.FilesOf("trust-0").Keys);

        // The refused one is tried again by itself, without a new publication.
        await bench.Time.FlowUntilAsync(
            bench.Server.ChangedAsync("ConfigMap", new ResourceKey("edge", "trust-0"), map => map?["data"] is null or JsonObject { Count: 0 }, Cancelled), Cancelled);

        Assert.Equal([Corp.Item1], bench.FilesOf("trust-1").Keys);
    }

    [Fact]
    public async Task A_writer_that_is_behind_overwrites_nothing()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0", Corp);
        var old = bench.Find("ConfigMap", new ResourceKey("edge", "trust-0"))!.ToJsonString();
        bench.Shard("trust-0", Corp, Partner);
        var fresh = bench.Held;
        bench.Held = fresh with { Shard = _ => KubernetesJson.Deserialize<V1ConfigMap>(old) };
        using var publisher = bench.Publisher();
        var wanted = PublishingBench.Wanted(("trust-0", [("shop.corp.pem", "newer\n")]));

        await publisher.PublishBundlesAsync(wanted, Cancelled);
        Assert.Equal(HttpStatusCode.Conflict, Assert.Single(bench.Writes).Status);
        Assert.Equal([Corp.Item1, Partner.Item1], bench.FilesOf("trust-0").Keys);

        // The watch has caught up; the next turn compares with what is there.
        bench.Held = fresh;
        await publisher.PublishBundlesAsync(wanted, Cancelled);
        Assert.Equal("newer\n", Assert.Single(bench.FilesOf("trust-0")).Value);
    }

    [Fact]
    public async Task A_shard_that_was_made_anew_under_the_same_name_is_not_written_by_mistake()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0", Corp);
        var old = bench.Find("ConfigMap", new ResourceKey("edge", "trust-0"))!;
        bench.Server.Objects.Delete("ConfigMap", new ResourceKey("edge", "trust-0"));
        bench.Shard("trust-0");
        bench.Held = bench.Held with { Shard = _ => KubernetesJson.Deserialize<V1ConfigMap>(old.ToJsonString()) };
        using var publisher = bench.Publisher();

        await publisher.PublishBundlesAsync(PublishingBench.Wanted(("trust-0", [Partner])), Cancelled);

        Assert.Equal(HttpStatusCode.Conflict, Assert.Single(bench.Writes).Status);
        Assert.Empty(bench.FilesOf("trust-0"));
    }

    [Fact]
    public async Task What_somebody_else_changed_comes_back_and_what_is_foreign_goes()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0");
        using var publisher = bench.Publisher();
        var wanted = PublishingBench.Wanted(("trust-0", [Corp, Partner]));
        await publisher.PublishBundlesAsync(wanted, Cancelled);

        bench.Server.Objects.Apply("""
            apiVersion: v1
            kind: ConfigMap
            metadata: {namespace: edge, name: trust-0}
            data: {shop.corp.pem: edited, shop.evil.pem: foreign}
            binaryData: {shop.blob.pem: Zm9yZWlnbg==}
            """);
        await publisher.PublishBundlesAsync(wanted, Cancelled);

        Assert.Equal([Corp.Item1, Partner.Item1], bench.FilesOf("trust-0").Keys);
        Assert.Equal("corp\n", bench.FilesOf("trust-0")[Corp.Item1]);
        Assert.Null(bench.Find("ConfigMap", new ResourceKey("edge", "trust-0"))!["binaryData"]);
    }

    [Fact]
    public async Task A_missing_shard_is_named_with_its_remedy_and_the_others_are_written()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-1");
        bench.Log.Announce("does not exist");
        using var publisher = bench.Publisher();
        var wanted = PublishingBench.Wanted(("trust-0", [Corp]), ("trust-1", [Partner]));

        await publisher.PublishBundlesAsync(wanted, Cancelled);
        await publisher.PublishBundlesAsync(wanted, Cancelled);

        Assert.Equal([Partner.Item1], bench.FilesOf("trust-1").Keys);
        var line = Assert.Single(bench.Log.Lines.Entries, line => line.Level == LogLevel.Error);
        Assert.Contains("ConfigMap edge/trust-0, a trust shard of gateway 'default'", line.Message, StringComparison.Ordinal);
        Assert.Contains("kubectl create configmap trust-0 --namespace edge", line.Message, StringComparison.Ordinal);
        Assert.Null(bench.Find("ConfigMap", new ResourceKey("edge", "trust-0")));

        bench.Shard("trust-0");
        await publisher.PublishBundlesAsync(wanted, Cancelled);
        Assert.Equal([Corp.Item1], bench.FilesOf("trust-0").Keys);
    }

    [Fact]
    public async Task While_the_watch_lags_our_own_write_is_known()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0");
        var before = bench.Held.Shard(new ResourceKey("edge", "trust-0"));
        bench.Held = bench.Held with { Shard = _ => before };
        using var publisher = bench.Publisher();

        await publisher.PublishBundlesAsync(PublishingBench.Wanted(("trust-0", [Corp])), Cancelled);
        await publisher.PublishBundlesAsync(PublishingBench.Wanted(("trust-0", [Corp])), Cancelled);
        await publisher.PublishBundlesAsync(PublishingBench.Wanted(("trust-0", [Partner])), Cancelled);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], bench.Writes.Select(write => write.Status!.Value));
        Assert.Equal([Partner.Item1], bench.FilesOf("trust-0").Keys);
    }

    [Fact]
    public async Task Who_does_not_lead_writes_nothing()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0");
        bench.IsLeading = false;
        using var publisher = bench.Publisher();

        await Assert.ThrowsAsync<NotLeadingException>(() => publisher.PublishBundlesAsync(PublishingBench.Wanted(("trust-0", [Corp])), Cancelled));

        Assert.Empty(bench.Writes);
    }

    [Fact]
    public async Task An_API_server_that_is_gone_or_overloaded_fails_the_publication_with_a_sentence()
    {
        await using var bench = await PublishingBench.StartAsync();
        bench.Shard("trust-0");
        using var publisher = bench.Publisher();
        bench.Server.Faults.Answer(1, request => request.IsWrite, HttpStatusCode.TooManyRequests);

        await Assert.ThrowsAsync<StoreBusyException>(() => publisher.PublishBundlesAsync(PublishingBench.Wanted(("trust-0", [Corp])), Cancelled));

        await bench.Server.StopAsync();
        var gone = await Assert.ThrowsAsync<ApiUnreachableException>(() => publisher.PublishBundlesAsync(PublishingBench.Wanted(("trust-0", [Corp])), Cancelled));
        Assert.StartsWith("The API server at https://localhost:", gone.Message, StringComparison.Ordinal);
    }
}
