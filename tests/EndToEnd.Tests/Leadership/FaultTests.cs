using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.FakeApiServer.Reads;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Leadership;

/// <summary>
/// Operators that die, events that nobody sees, and a server that shows what was: whatever an operator left half done, did not observe or saw too late, the
/// cluster ends up as if nothing had happened.
/// </summary>
public sealed class FaultTests : IAsyncLifetime
{
    private static readonly ResourceKey Lease = new("default", "operator");
    private static readonly ResourceKey Shard = new("default", "trust-0");
    private static readonly ResourceKey Route = new("default", "shop");
    private static readonly ResourceKey Bundle = new("default", "company");
    private readonly TestAuthority root = TestAuthority.CreateRoot("company");
    private readonly TestAuthority next = TestAuthority.CreateRoot("successor");
    private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly FakeTimeProvider serversTime = new(TimeProvider.System.GetUtcNow());
    private ApiServer server = null!;

    /// <summary>Authority, its ConfigMap, Lease, shard, two statuses and what comes after; each lost on the way there, or on the way back.</summary>
    public static TheoryData<int, bool> Deaths => [.. from write in Enumerable.Range(1, 7) from arrives in new[] { false, true } select (write, arrives)];

    /// <summary>Ends every wait for what does not come.</summary>
    private CancellationToken Cancellation => patience.Token;

    public async ValueTask InitializeAsync()
    {
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        server = await ApiServer.StartAsync(new ApiServerOptions { Time = serversTime }, Cancellation);
        var assembly = typeof(Operator.Hosting.ClusterHost).Assembly;

        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("crds/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            server.Objects.Apply(reader.ReadToEnd());
        }

        server.Objects.Apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: default, name: trust-0}");
        Declare(root);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        patience.Dispose();
        root.Dispose();
        next.Dispose();
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    [Trait("Promise", "P3")]
    [Trait("Promise", "P5")]
    public async Task What_an_operator_leaves_that_dies_at_one_of_its_writes_is_put_right_by_the_next(int write, bool arrives)
    {
        using var death = new CancellationTokenSource();
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writes = 0;
        Func<TestKit.FakeApiServer.Serving.ApiRequest, Task> die = request =>
        {
            if (request.User != "first" || (!died.Task.IsCompleted && (!request.IsWrite || Interlocked.Increment(ref writes) < write)))
            {
                return Task.CompletedTask;
            }

            died.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, death.Token);
        };

        if (arrives)
        {
            server.Faults.BeforeAnswer = die;
        }
        else
        {
            server.Faults.BeforeRequest = die;
        }

        await using (var first = await Replica.StartAsync(server, "first", whole: true))
        {
            await died.Task.WaitAsync(Cancellation);
            await using var second = await Replica.StartAsync(server, "second", whole: true);

            // A dead leader's Lease runs out; deleted, it need not be waited for. One that died early never had it.
            if (server.Objects.Find("Lease", Lease) is not null)
            {
                server.Objects.Delete("Lease", Lease);
            }

            await ConvergedAsync(root, generation: 1);

            server.Faults.BeforeAnswer = server.Faults.BeforeRequest = _ => Task.CompletedTask;
            await death.CancelAsync();
        }
    }

    [Theory]
    [InlineData("TrustBundle")]
    [InlineData("BackendRoute")]
    [InlineData("ConfigMap")]
    [Trait("Promise", "P5")]
    public async Task An_event_that_never_came_is_made_up_for_when_its_watch_begins_anew(string kind)
    {
        await using var first = await Replica.StartAsync(server, "first", whole: true);
        await ConvergedAsync(root, generation: 1);

        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Faults.FateOfEvents = one =>
        {
            if (one.Kind != kind)
            {
                return EventFate.Deliver;
            }

            lost.TrySetResult();
            return EventFate.Lose;
        };
        Declare(next, "other.test");
        server.Objects.Apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: default, name: trust-0}\ndata: {foreign: content}");
        await lost.Task.WaitAsync(Cancellation);

        // The server has forgotten what it did not send, so the watch must start from a list.
        server.Faults.FateOfEvents = _ => EventFate.Deliver;
        server.Faults.Compact();
        server.Faults.DropWatches();

        await ConvergedAsync(next, generation: 2);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task An_operator_that_sees_everything_a_minute_late_overwrites_nothing_and_ends_up_where_everybody_is()
    {
        await using var only = await Replica.StartAsync(server, "first", whole: true);
        await ConvergedAsync(root, generation: 1);
        server.Faults.Lag(TimeSpan.FromMinutes(1));
        serversTime.Advance(TimeSpan.FromMinutes(1));
        Declare(next, "second.test");
        serversTime.Advance(TimeSpan.FromSeconds(10));
        Declare(root, "third.test");

        // It sees the second declaration, which nobody wants any more.
        serversTime.Advance(TimeSpan.FromSeconds(52));
        server.Faults.Lag(TimeSpan.FromMinutes(1));
        await server.Requests.WaitAsync(
            requests => new[] { "backendroutes/status", "trustbundles/status" }.All(late => requests.Any(request => request.Resource == late && request.Status == HttpStatusCode.Conflict)),
            Cancellation);
        Assert.Equal(1, Observed(server.Objects.Find("BackendRoute", Route)));
        Assert.Equal(1, Observed(server.Objects.Find("TrustBundle", Bundle)));

        server.Faults.CatchUp();
        await ConvergedAsync(root, generation: 3);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task Lists_that_come_one_after_the_other_make_no_push_of_less_than_there_is()
    {
        using var pod = new GatewayPod(server);
        server.Objects.Apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: default, name: roots}\ndata: {ca.crt: none}");
        server.Objects.Apply("apiVersion: portcullis.dev/v1alpha1\nkind: TrustBundle\nmetadata: {namespace: default, name: other}\nspec: {sources: [{name: map, configMap: {name: roots, key: ca.crt}}]}");
        await using var first = await Replica.StartAsync(server, "first", whole: true);
        await ConvergedAsync(root, generation: 1);
        using var turns = new SemaphoreSlim(0);
        server.Faults.BeforeRequest = request => request is { User: "second", Verb: "list" } ? turns.WaitAsync(Cancellation) : Task.CompletedTask;
        await using var second = await Replica.StartAsync(server, "second", whole: true);
        await using var gateway = await pod.StartAsync(first, second);
        var before = await gateway.NextAsync();

        await first.StopAsync();
        var leads = second.LeadsAsync();

        for (var lists = 1; !leads.IsCompleted; lists++)
        {
            Assert.Equal(before, gateway.Newest);
            turns.Release();
            await Task.WhenAny(leads, server.Requests.WaitAsync(requests => requests.Count(request => request is { User: "second", Verb: "list", Status: not null }) >= lists, Cancellation));
        }

        var after = await gateway.NextAsync();
        Assert.True(after.Version.Epoch > before.Version.Epoch);
        Assert.Equal((1, before.Configuration.Revision), (after.Version.Sequence, after.Configuration.Revision));
        server.Faults.BeforeRequest = _ => Task.CompletedTask;
        turns.Release(100);
    }

    private void Declare(TestAuthority authority, string host = "shop.test") => server.Objects.Apply(
        $$$"""
        apiVersion: portcullis.dev/v1alpha1
        kind: TrustBundle
        metadata: {namespace: default, name: company}
        spec: {sources: [{name: root, inline: {{{JsonSerializer.Serialize(authority.Pem)}}} }]}
        ---
        apiVersion: portcullis.dev/v1alpha1
        kind: BackendRoute
        metadata: {namespace: default, name: shop}
        spec:
          hostnames: [{{{host}}}]
          rules: [{name: all, backendRefs: [{name: shop}]}]
          backends:
          - name: shop
            endpoints: [{ip: 192.0.2.7, port: 443}]
            tls: {validation: {caCertificateRefs: [{name: company}], hostname: shop.internal}}
        """);

    /// <summary>As a translation of what is declared has it: the shard holds exactly the bundle, and both statuses speak of this generation and of what is published.</summary>
    private async Task ConvergedAsync(TestAuthority authority, long generation)
    {
        // Both at one moment: while anchors come and go the shard holds more for a while.
        await server.ChangedAsync("TrustBundle", Bundle, bundle => Observed(bundle) == generation && Mounted(authority) is { } digest && bundle?["status"]?["active"]?["digest"]?.GetValue<string>() == digest, Cancellation);
        await server.ChangedAsync("BackendRoute", Route, route => Observed(route) == generation && IsTrue(route, "Accepted") && IsTrue(route, "ResolvedRefs"), Cancellation);
    }

    /// <summary>The digest of the only file in the shard; null unless it has this authority.</summary>
    private string? Mounted(TestAuthority authority) =>
        server.Objects.Find("ConfigMap", Shard)?["data"] is JsonObject { Count: 1 } files && files["default.company.pem"]?.GetValue<string>() is { } pem && pem.Contains(Body(authority), StringComparison.Ordinal)
            ? Digest.Of(Encoding.UTF8.GetBytes(pem)).ToString()
            : null;

    private static string Body(TestAuthority authority) => authority.Pem.Split('\n')[1].Trim();

    private static long? Observed(JsonObject? resource) => resource?["status"]?["observedGeneration"]?.GetValue<long>();

    private static bool IsTrue(JsonObject? route, string type) =>
        (route?["status"]?["conditions"] as JsonArray ?? []).Any(condition => condition?["type"]?.GetValue<string>() == type && condition["status"]?.GetValue<string>() == "True");
}
