using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Portcullis.Contract;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores;
using Portcullis.Operator.Stores.Kubernetes.Publishing;
using Recorded = Portcullis.TestKit.FakeApiServer.Serving.ApiRequest;

namespace Portcullis.Operator.Tests.Stores.Kubernetes.Publishing.Statuses;

public sealed class StatusPublisherTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private static readonly Condition Ready = Of("Ready", "True", "Ready", "Every gateway serves the route as declared.");

    private int healed;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_status_is_written_under_our_name_and_then_nothing_is()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        Bundle(bench, "corp");
        using var publisher = bench.Publisher();
        ImmutableArray<ResourceStatus> statuses =
        [
            Status("web", Ready),
            new ResourceStatus.OfBundle(new ResourceKey("shop", "corp"), new TrustBundleStatus { ObservedGeneration = 1, Conditions = [Ready], CertificateCount = 2 }),
        ];

        await publisher.PublishStatusesAsync(statuses, Cancelled);
        Assert.Equal("2026-05-04T03:02:01Z", Condition(bench, "web", "Ready")!["lastTransitionTime"]!.GetValue<string>());
        Assert.Equal(2, bench.Find("TrustBundle", new ResourceKey("shop", "corp"))!["status"]!["certificateCount"]!.GetValue<long>());
        Assert.Contains(
            bench.Server.Objects.Find("BackendRoute", Key("web"))!["metadata"]!["managedFields"]!.AsArray(),
            manager => (string?)manager!["manager"] == "portcullis-operator" && (string?)manager["operation"] == "Apply" && (string?)manager["subresource"] == "status");

        await publisher.PublishStatusesAsync(statuses, Cancelled);
        using var restarted = bench.Publisher();
        await restarted.PublishStatusesAsync(statuses, Cancelled);

        Assert.Equal(["backendroutes/status", "trustbundles/status"], bench.Writes.Select(write => write.Resource).Order());
    }

    [Fact]
    public async Task What_a_status_says_no_more_is_removed()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        using var publisher = bench.Publisher();
        await publisher.PublishStatusesAsync([Status("web", Of("Ready", "False", "Invalid", "no"), Of("Stalled", "True", "Invalid", "no"))], Cancelled);
        Assert.NotNull(Condition(bench, "web", "Stalled"));

        await publisher.PublishStatusesAsync([Status("web", Ready)], Cancelled);

        Assert.Null(Condition(bench, "web", "Stalled"));
        Assert.Equal("True", (string?)Condition(bench, "web", "Ready")!["status"]);
    }

    [Fact]
    public async Task A_writer_that_is_behind_overwrites_nothing_and_tries_again_when_it_has_caught_up()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        var old = bench.Held.Route(Key("web"));
        using (var leader = bench.Publisher())
        {
            await leader.PublishStatusesAsync([Status("web", Ready)], Cancelled);
        }

        var fresh = bench.Held;
        bench.Held = fresh with { Route = _ => old };
        var stale = bench.Run(bench.Publisher());
        await stale.PublishStatusesAsync([Status("web", Of("Ready", "False", "Pending", "from long ago"))], Cancelled);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], StatusWrites(bench).Select(write => write.Status!.Value));
        Assert.Equal("True", (string?)Condition(bench, "web", "Ready")!["status"]);

        bench.Held = fresh;
        await bench.Time.FlowUntilAsync(
            bench.Server.ChangedAsync("BackendRoute", Key("web"), route => (string?)route?["status"]?["conditions"]?[0]?["status"] == "False", Cancelled), Cancelled);
    }

    [Fact]
    public async Task A_route_that_was_made_anew_under_the_same_name_does_not_get_the_old_ones_status()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        var old = bench.Held.Route(Key("web"))!;
        bench.Server.Objects.Delete("BackendRoute", Key("web"));
        Route(bench, "web");
        bench.Held = bench.Held with { Route = _ => old };
        using var publisher = bench.Publisher();

        await publisher.PublishStatusesAsync([Status("web", Ready)], Cancelled);

        Assert.Equal(HttpStatusCode.Conflict, Assert.Single(StatusWrites(bench)).Status);
        Assert.Null(Condition(bench, "web", "Ready"));
    }

    [Fact]
    public async Task A_route_that_is_gone_is_skipped()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "deleted");
        Route(bench, "web");
        var last = bench.Held.Route(Key("deleted"));
        bench.Server.Objects.Delete("BackendRoute", Key("deleted"));
        var fresh = bench.Held;
        bench.Held = fresh with { Route = key => key == Key("deleted") ? last : fresh.Route(key) };
        using var publisher = bench.Publisher();

        await publisher.PublishStatusesAsync([Status("deleted", Ready), Status("never-there", Ready), Status("web", Ready)], Cancelled);

        Assert.NotNull(Condition(bench, "web", "Ready"));
        Assert.Null(bench.Find("BackendRoute", Key("deleted")));
        Assert.DoesNotContain(bench.Log.Lines.Entries, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_namespace_full_of_poison_delays_nobody()
    {
        await using var bench = await PublishingBench.StartAsync();
        var names = Enumerable.Range(0, 60).Select(index => index < 30 ? $"poison-{index:00}" : $"web-{index}").ToImmutableArray();
        foreach (var name in names)
        {
            Route(bench, name);
        }

        bench.Log.Announce("does not accept the status of BackendRoute shop/poison-");
        bench.Server.Faults.Answer(int.MaxValue, request => IsPoison(request) && Volatile.Read(ref healed) == 0, HttpStatusCode.UnprocessableEntity);
        var publisher = bench.Run(bench.Publisher());

        await publisher.PublishStatusesAsync([.. names.Select(name => Status(name, Ready))], Cancelled);
        Assert.All(names.Where(name => name.StartsWith("web", StringComparison.Ordinal)), name => Assert.NotNull(Condition(bench, name, "Ready")));
        Assert.Equal(30, StatusWrites(bench).Count(IsPoison));

        // The next turn brings news for all; only those that can be written are.
        await publisher.PublishStatusesAsync([.. names.Select(name => Status(name, Ready with { Message = "newer" }))], Cancelled);
        Assert.Equal(30, StatusWrites(bench).Count(IsPoison));
        Assert.Equal("newer", (string?)Condition(bench, "web-59", "Ready")!["message"]);
        Assert.Equal(30, bench.Log.Lines.Entries.Count(line => line.Level == LogLevel.Error));

        // They are tried again by themselves, with the newest.
        Volatile.Write(ref healed, 1);
        var written = names.Select(name =>
            bench.Server.ChangedAsync("BackendRoute", Key(name), route => (string?)route?["status"]?["conditions"]?[0]?["message"] == "newer", Cancelled));
        await bench.Time.FlowUntilAsync(Task.WhenAll(written), Cancelled);
    }

    [Fact]
    public async Task An_overloaded_API_server_ends_the_publication()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        bench.Server.Faults.Answer(1, request => request.IsWrite, HttpStatusCode.ServiceUnavailable);
        using var publisher = bench.Publisher();

        await Assert.ThrowsAsync<StoreBusyException>(() => publisher.PublishStatusesAsync([Status("web", Ready)], Cancelled));
        await publisher.PublishStatusesAsync([Status("web", Ready)], Cancelled);

        Assert.NotNull(Condition(bench, "web", "Ready"));
    }

    [Fact]
    public async Task Who_does_not_lead_writes_nothing()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        bench.IsLeading = false;
        using var publisher = bench.Publisher();

        await Assert.ThrowsAsync<NotLeadingException>(() => publisher.PublishStatusesAsync([Status("web", Ready)], Cancelled));

        Assert.Empty(bench.Writes);
    }

    [Fact]
    public async Task While_the_watch_lags_a_time_that_only_seems_to_move_is_not_written()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        var before = bench.Held.Route(Key("web"));
        bench.Held = bench.Held with { Route = _ => before };
        using var publisher = bench.Publisher();

        await publisher.PublishStatusesAsync([Status("web", Ready)], Cancelled);
        await publisher.PublishStatusesAsync([Status("web", Ready with { LastTransitionTime = Now.AddMinutes(1) })], Cancelled);
        await publisher.PublishStatusesAsync([Status("web", Ready with { LastTransitionTime = Now.AddMinutes(2), Message = "other words" })], Cancelled);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], StatusWrites(bench).Select(write => write.Status!.Value));
        Assert.Equal(("other words", "2026-05-04T03:02:01Z"), ((string?)Condition(bench, "web", "Ready")!["message"], (string?)Condition(bench, "web", "Ready")!["lastTransitionTime"]));
    }

    [Fact]
    public async Task What_somebody_else_owns_in_a_status_is_not_fought_over()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web", """
            status:
              conditions:
              - {type: Foreign, status: "True", reason: Theirs, message: theirs, observedGeneration: 1, lastTransitionTime: "2026-01-01T00:00:00Z"}
            """);
        using var publisher = bench.Publisher();

        await publisher.PublishStatusesAsync([Status("web", Ready)], Cancelled);
        await publisher.PublishStatusesAsync([Status("web", Ready)], Cancelled);

        Assert.Single(StatusWrites(bench));
        Assert.NotNull(Condition(bench, "web", "Foreign"));
    }

    [Fact]
    [Trait("Promise", "P8")]
    public async Task An_event_is_written_on_a_transition_only()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        var good = Status("web", Ready, Of("BackendsVerified", "True", "Verified", "fine"));
        var bad = Status("web", Ready, Of("BackendsVerified", "False", "UnknownAuthority", "PC2001 backend 'web': signed by nobody we know."));
        var publisher = bench.Run(bench.Publisher());
        await publisher.PublishStatusesAsync([good], Cancelled);
        await publisher.PublishStatusesAsync([bad], Cancelled);
        await publisher.PublishStatusesAsync([bad], Cancelled);
        await bench.Server.Requests.WaitAsync(_ => bench.Server.Objects.All("Event").Length == 1, Cancelled);

        // A restart sees the same and is silent; what comes next is told again.
        var restarted = bench.Run(bench.Publisher());
        await restarted.PublishStatusesAsync([bad], Cancelled);
        await restarted.PublishStatusesAsync([good], Cancelled);
        await bench.Server.Requests.WaitAsync(_ => bench.Server.Objects.All("Event").Length == 2, Cancelled);

        Assert.Equal(2, bench.Writes.Count(write => write.Resource == "events"));
        var warning = Assert.Single(bench.Server.Objects.All("Event"), told => Text(told, "type") == "Warning");
        Assert.Equal("UnknownAuthority", Text(warning, "reason"));
        Assert.Equal("PC2001 backend 'web': signed by nobody we know.", Text(warning, "note", "message"));
        Assert.Equal("web", (string?)(warning["regarding"] ?? warning["involvedObject"])!["name"]);
    }

    [Fact]
    public async Task An_event_that_is_refused_delays_no_status_and_is_not_tried_again()
    {
        await using var bench = await PublishingBench.StartAsync();
        Route(bench, "web");
        Route(bench, "other");
        bench.Server.Faults.Answer(1, request => request.Resource == "events", HttpStatusCode.Forbidden);
        var publisher = bench.Run(bench.Publisher());

        await publisher.PublishStatusesAsync([Status("web", Of("Accepted", "False", "Invalid", "why"))], Cancelled);
        await bench.Log.Lines.WaitAsync(lines => lines.Any(line => line.Level == LogLevel.Warning), Cancelled);
        await publisher.PublishStatusesAsync([Status("web", Of("Accepted", "False", "Invalid", "why")), Status("other", Of("Accepted", "False", "Invalid", "why"))], Cancelled);
        await bench.Server.Requests.WaitAsync(_ => bench.Server.Objects.All("Event").Length == 1, Cancelled);

        Assert.NotNull(Condition(bench, "web", "Accepted"));
        Assert.Equal(2, bench.Writes.Count(write => write.Resource == "events"));
    }

    private static bool IsPoison(Recorded request) => request.Name.StartsWith("poison", StringComparison.Ordinal);

    private static IEnumerable<Recorded> StatusWrites(PublishingBench bench) =>
        bench.Writes.Where(write => write.Resource.EndsWith("/status", StringComparison.Ordinal));

    private static JsonNode? Condition(PublishingBench bench, string name, string type) =>
        bench.Find("BackendRoute", Key(name))?["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == type);

    private static string? Text(JsonObject told, params string[] names) => names.Select(name => (string?)told[name]).FirstOrDefault(text => text is not null);

    private static ResourceKey Key(string name) => new("shop", name);

    private static ResourceStatus.OfRoute Status(string name, params Condition[] conditions) =>
        new(Key(name), new BackendRouteStatus { ObservedGeneration = 1, Conditions = [.. conditions] });

    private static Condition Of(string type, string status, string reason, string message) =>
        new() { Type = type, Status = status, Reason = reason, Message = message, ObservedGeneration = 1, LastTransitionTime = Now };

    private static void Route(PublishingBench bench, string name, string status = "") => bench.Server.Objects.Apply($$"""
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata: {namespace: shop, name: {{name}}}
        spec:
          hostnames: [{{name}}.example.test]
          rules:
          - name: all
            backendRefs: [{name: web}]
          backends:
          - name: web
            endpoints: [{ip: 10.1.2.3, port: 8443}]
            tls: {validation: {caCertificateRefs: [{name: corp}], hostname: web.internal} }
        """ + "\n" + status);

    private static void Bundle(PublishingBench bench, string name) => bench.Server.Objects.Apply($$"""
        apiVersion: portcullis.dev/v1alpha1
        kind: TrustBundle
        metadata: {namespace: shop, name: {{name}}}
        spec:
          sources:
          - name: root
            configMap: {name: roots, key: ca.crt}
        """);
}
