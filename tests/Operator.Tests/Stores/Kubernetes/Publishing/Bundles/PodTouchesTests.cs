using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Portcullis.Contract;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Events;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing.Bundles;

public sealed class PodTouchesTests
{
    private const string Annotation = "portcullis.dev/trust-published";
    private static readonly Digest One = Digest.Of("one"u8);
    private static readonly Digest Two = Digest.Of("two"u8);

    private readonly Journal<(string Pod, string Value)> touches = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pod_is_touched_at_once_and_after_2_and_10_and_30_seconds()
    {
        await using var bench = await StartAsync();
        var pod = Pod(bench, "gateway-0");
        var publisher = bench.Run(bench.Publisher());

        await publisher.PublishBundlesAsync(Awaiting(pod(One)), Cancelled);
        await TouchedAsync(1);
        await bench.Time.PassAsync(TimeSpan.FromSeconds(2), Cancelled);
        await TouchedAsync(2);
        await bench.Time.PassAsync(TimeSpan.FromSeconds(8), Cancelled);
        await TouchedAsync(3);
        await bench.Time.PassAsync(TimeSpan.FromSeconds(20), Cancelled);
        await TouchedAsync(4);

        // A value that was there already would wake nobody.
        Assert.Equal(4, touches.Entries.Select(touch => touch.Value).Distinct().Count());
        Assert.All(touches.Entries, touch => Assert.StartsWith(One.ToString()[7..19], touch.Value, StringComparison.Ordinal));
        Assert.Equal([0, 2, 10, 30], Seconds());

        // Nothing is left to wait for: the next touch is that of a pod that comes later.
        bench.Time.Advance(TimeSpan.FromMinutes(10));
        await publisher.PublishBundlesAsync(Awaiting(pod(One), Pod(bench, "gateway-1")(One)), Cancelled);
        await TouchedAsync(5);
        Assert.Equal("gateway-1", touches.Entries[^1].Pod);
    }

    [Fact]
    public async Task A_pod_that_has_reported_is_left_alone()
    {
        await using var bench = await StartAsync();
        var pod = Pod(bench, "gateway-0");
        var publisher = bench.Run(bench.Publisher());
        await publisher.PublishBundlesAsync(Awaiting(pod(One)), Cancelled);
        await bench.Time.Timers.WaitAsync(timers => timers.Contains(TimeSpan.FromSeconds(2)), Cancelled);

        await publisher.PublishBundlesAsync(Awaiting(Pod(bench, "gateway-1")(One)), Cancelled);
        await TouchedAsync(2);
        bench.Time.Advance(TimeSpan.FromMinutes(10));
        await TouchedAsync(3);

        Assert.Equal(["gateway-0", "gateway-1", "gateway-1"], touches.Entries.Select(touch => touch.Pod));
    }

    [Fact]
    public async Task Another_digest_is_another_wait_but_never_twice_within_a_second()
    {
        await using var bench = await StartAsync();
        var pod = Pod(bench, "gateway-0");
        var publisher = bench.Run(bench.Publisher());
        await publisher.PublishBundlesAsync(Awaiting(pod(One)), Cancelled);
        await TouchedAsync(1);

        await publisher.PublishBundlesAsync(Awaiting(pod(Two)), Cancelled);
        await bench.Time.PassAsync(TimeSpan.FromSeconds(1), Cancelled);
        await TouchedAsync(2);

        Assert.Equal([0, 1], Seconds());
        Assert.StartsWith(Two.ToString()[7..19], touches.Entries[1].Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_that_is_written_again_is_waited_for_again()
    {
        await using var bench = await StartAsync();
        bench.Shard("trust-0");
        var pod = Pod(bench, "gateway-0");
        var publisher = bench.Run(bench.Publisher());
        var wanted = PublishingBench.Wanted(("trust-0", [("shop.corp.pem", "corp\n")])) with { Awaited = [pod(One)] };
        await publisher.PublishBundlesAsync(wanted, Cancelled);
        await TouchedAsync(1);
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        bench.Shard("trust-0", ("shop.corp.pem", "edited\n"));
        await publisher.PublishBundlesAsync(wanted, Cancelled);
        await TouchedAsync(2);

        Assert.Equal([0, 1], Seconds());
    }

    [Fact]
    public async Task A_pod_is_touched_after_its_shard_was_written_and_not_before()
    {
        await using var bench = await StartAsync();
        bench.Shard("trust-0");
        var pod = Pod(bench, "gateway-0");
        var publisher = bench.Run(bench.Publisher());
        var wanted = PublishingBench.Wanted(("trust-0", [("shop.corp.pem", "corp\n")])) with { Awaited = [pod(One)] };
        bench.Server.Faults.Answer(1, request => request.Name == "trust-0", HttpStatusCode.Conflict);

        await publisher.PublishBundlesAsync(wanted, Cancelled);
        await bench.Time.FlowUntilAsync(TouchedAsync(1), Cancelled);

        Assert.Equal([("trust-0", HttpStatusCode.Conflict), ("trust-0", HttpStatusCode.OK), ("gateway-0", HttpStatusCode.OK)], bench.Writes.Select(write => (write.Name, write.Status!.Value)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pod_that_is_gone_or_another_one_by_now_is_left_alone_quietly(bool isGone)
    {
        await using var bench = await StartAsync();
        var present = Pod(bench, "gateway-1");
        var pod = isGone ? present(One) with { Pod = new ResourceKey("edge", "gateway-0") } : present(One) with { Uid = "of-an-earlier-pod" };
        var publisher = bench.Run(bench.Publisher());
        await publisher.PublishBundlesAsync(Awaiting(pod), Cancelled);
        await bench.Server.Requests.WaitAsync(_ => bench.Writes.Any(write => write.Status is not null), Cancelled);

        // Another digest is another wait: by its touch we know that the first wait has no further one.
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await publisher.PublishBundlesAsync(Awaiting(pod, present(Two)), Cancelled);
        await TouchedAsync(1);

        Assert.Equal([isGone ? HttpStatusCode.NotFound : HttpStatusCode.UnprocessableEntity, HttpStatusCode.OK], bench.Writes.Select(write => write.Status!.Value));
        Assert.DoesNotContain(bench.Log.Lines.Entries, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Without_permission_one_warning_says_what_to_do()
    {
        await using var bench = await StartAsync();
        AwaitedPod[] pods = [Pod(bench, "gateway-0")(One), Pod(bench, "gateway-1")(One)];
        bench.Server.Faults.Answer(2, request => request.Resource == "pods", HttpStatusCode.Forbidden);
        var publisher = bench.Run(bench.Publisher());

        await publisher.PublishBundlesAsync(Awaiting(pods), Cancelled);
        await bench.Server.Requests.WaitAsync(_ => bench.Writes.Count(write => write.Status == HttpStatusCode.Forbidden) == 2, Cancelled);
        await bench.Log.Lines.WaitAsync(lines => lines.Any(line => line.Level == LogLevel.Warning), Cancelled);
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await publisher.PublishBundlesAsync(Awaiting(pods[0] with { Wanted = Two }), Cancelled);
        await TouchedAsync(1);

        var warning = Assert.Single(bench.Log.Lines.Entries, line => line.Level == LogLevel.Warning);
        Assert.Contains("namespace edge", warning.Message, StringComparison.Ordinal);
        Assert.Contains("touchPods", warning.Message, StringComparison.Ordinal);
        Assert.Equal(3, bench.Writes.Count());
    }

    [Fact]
    public async Task With_the_option_off_no_pod_is_touched()
    {
        await using var bench = await StartAsync();
        bench.Shard("trust-0");
        var publisher = bench.Run(bench.Publisher(touchPods: false));
        var other = bench.Run(bench.Publisher());

        await publisher.PublishBundlesAsync(Awaiting(Pod(bench, "gateway-0")(One)), Cancelled);
        await other.PublishBundlesAsync(Awaiting(Pod(bench, "gateway-1")(One)), Cancelled);
        await TouchedAsync(1);

        Assert.Equal("gateway-1", Assert.Single(bench.Writes).Name);
    }

    private async Task<PublishingBench> StartAsync()
    {
        var bench = await PublishingBench.StartAsync();
        bench.Server.Faults.BeforeAnswer = request =>
        {
            if (request is { Resource: "pods", Status: HttpStatusCode.OK })
            {
                touches.Add((request.Name, bench.Find("Pod", new ResourceKey(request.Namespace, request.Name))!["metadata"]!["annotations"]![Annotation]!.GetValue<string>()));
            }

            return Task.CompletedTask;
        };

        return bench;
    }

    private async Task TouchedAsync(int times) => await touches.WaitAsync(entries => entries.Length >= times, Cancelled);

    /// <summary>When each touch was made, counted from the first.</summary>
    private IEnumerable<int> Seconds()
    {
        var moments = touches.Entries.Select(touch => long.Parse(touch.Value.Split('-')[1], CultureInfo.InvariantCulture)).ToImmutableArray();
        return moments.Select(moment => (int)((moment - moments[0]) / 1000));
    }

    private static Func<Digest, AwaitedPod> Pod(PublishingBench bench, string name)
    {
        bench.Server.Objects.Apply($$"""
            apiVersion: v1
            kind: Pod
            metadata: {namespace: edge, name: {{name}}}
            spec: {containers: [{name: gateway, image: gateway}]}
            """);
        var uid = bench.Find("Pod", new ResourceKey("edge", name))!["metadata"]!["uid"]!.GetValue<string>();
        return digest => new AwaitedPod(new ResourceKey("edge", name), uid, digest);
    }

    private static BundlePublication Awaiting(params AwaitedPod[] pods) => new() { Bundles = [], Awaited = [.. pods] };
}
