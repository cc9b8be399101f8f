using System.Text;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.EndToEnd.Tests.BothEnds;
using Portcullis.TestKit.Clients;
using Portcullis.TestKit.FakeApiServer;
using Portcullis.TestKit.Pki;

namespace Portcullis.EndToEnd.Tests.Leadership;

/// <summary>Replicas of the operator and a gateway, all real, around one API server.</summary>
public sealed class LeadershipTests : IAsyncLifetime
{
    private static readonly ResourceKey Lease = new("default", "operator");
    private ApiServer server = null!;
    private GatewayPod pod = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.StartAsync(Cancellation);
        pod = new GatewayPod(server);
    }

    public async ValueTask DisposeAsync()
    {
        pod.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_finds_the_leader_among_the_replicas_and_every_replica_is_ready()
    {
        await using var first = await Replica.StartAsync(server, "first");
        var term = await first.LeadsAsync();
        await using var second = await Replica.StartAsync(server, "second");
        await second.LineAsync("stands by");
        first.Show("a.shop.test");

        await using var gateway = await GatewayAsync(second, first);
        var configuration = await HostAsync(gateway, "a.shop.test");

        Assert.Equal(term.Epoch, configuration.Version.Epoch);
        Assert.Equal("ready\n", await ReadyAsync(first));
        Assert.Equal("ready\n", await ReadyAsync(second));
        Assert.Contains(gateway.Log.Lines.Entries, line => line.Message.StartsWith("Connected to the operator", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replica_that_has_not_read_everything_is_not_ready_and_does_not_lead()
    {
        await using var first = await Replica.StartAsync(server, "first", synced: false);
        await first.LineAsync("Serving gateways under a new certificate");

        var before = await ReadyAsync(first);
        var led = first.Terms.Entries.Length;
        first.Sync();
        await first.LeadsAsync();

        Assert.Equal("not ready: the cluster was not read once yet; awaited: BackendRoute\n", before);
        Assert.Equal(0, led);
        Assert.Equal("ready\n", await ReadyAsync(first));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_stopped_leader_hands_over_and_the_gateway_follows_under_a_higher_epoch()
    {
        await using var first = await Replica.StartAsync(server, "first");
        await first.LeadsAsync();
        await using var second = await Replica.StartAsync(server, "second");
        first.Show("a.shop.test");
        second.Show("a.shop.test");
        await using var gateway = await GatewayAsync(first, second);
        var before = await HostAsync(gateway, "a.shop.test");

        await first.StopAsync();
        await second.LeadsAsync();
        second.Show("b.shop.test");
        var after = await HostAsync(gateway, "b.shop.test");

        Assert.True(after.Version.Epoch > before.Version.Epoch);
        Assert.Contains(first.Log.Lines.Entries, line => line.Message.EndsWith("released the Lease.", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_leader_that_cannot_renew_is_replaced_and_nothing_it_learns_later_reaches_a_gateway()
    {
        await using var first = await Replica.StartAsync(server, "first");
        await first.LeadsAsync();
        await using var second = await Replica.StartAsync(server, "second");
        await second.LineAsync("stands by");
        first.Show("a.shop.test");
        second.Show("b.shop.test");
        await using var gateway = await GatewayAsync(first, second);
        var before = await HostAsync(gateway, "a.shop.test");

        // Nothing of the first is answered any more: for it the API server hangs, while gateways still reach it.
        using var hanging = new CancellationTokenSource();
        server.Faults.BeforeRequest = request => request.User == "first" ? Task.Delay(Timeout.InfiniteTimeSpan, hanging.Token) : Task.CompletedTask;
        await first.LineAsync("it could not renew the Lease");
        first.Show("stale.shop.test");
        var after = await HostAsync(gateway, "b.shop.test");
        server.Faults.BeforeRequest = _ => Task.CompletedTask;
        await hanging.CancelAsync();
        await first.LineAsync("stands by");
        second.Show("c.shop.test");
        var versions = new List<VersionedConfiguration> { before, after };
        versions.Add(await HostAsync(gateway, "c.shop.test"));

        Assert.True(after.Version.Epoch > before.Version.Epoch);
        Assert.DoesNotContain(gateway.Log.Lines.Entries, line => line.Message.Contains("older than the held", StringComparison.Ordinal));
        Assert.DoesNotContain(versions, version => Hosts(version).Contains("stale.shop.test", StringComparison.Ordinal));
        Assert.Empty(first.Overruns.Entries);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_Lease_deleted_under_load_leads_to_a_higher_epoch_that_every_gateway_takes()
    {
        await using var first = await Replica.StartAsync(server, "first");
        await using var second = await Replica.StartAsync(server, "second");
        first.Show("a.shop.test");
        second.Show("a.shop.test");
        await using var gateway = await GatewayAsync(first, second);
        var newest = await HostAsync(gateway, "a.shop.test");

        for (var round = 0; round < 3; round++)
        {
            server.Objects.Delete("Lease", Lease);
            first.Show($"round-{round}.shop.test");
            second.Show($"round-{round}.shop.test");
            var epoch = newest.Version.Epoch;

            do
            {
                newest = await gateway.NextAsync();
            }
            while (newest.Version.Epoch == epoch || !Hosts(newest).Contains($"round-{round}.", StringComparison.Ordinal));

            Assert.True(newest.Version.Epoch > epoch);
        }
    }

    [Fact]
    public async Task A_deleted_authority_costs_no_stream_and_is_found_again_by_the_mount()
    {
        await using var first = await Replica.StartAsync(server, "first");
        first.Show("a.shop.test");
        await using var gateway = await GatewayAsync(first);
        await HostAsync(gateway, "a.shop.test");
        var before = pod.CaPem();

        server.Objects.Delete("Secret", new ResourceKey("default", "operator-authority"));
        await server.ChangedAsync("ConfigMap", new ResourceKey("default", "operator-ca"), map => map?["data"]?["ca.crt"]?.GetValue<string>() is { } pem && pem != before, Cancellation);
        first.Show("b.shop.test");

        await HostAsync(gateway, "b.shop.test");
        Assert.DoesNotContain(gateway.Log.Lines.Entries, line => line.Message.StartsWith("Lost the operator", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mount_that_is_not_there_yet_is_told_once_and_waited_for()
    {
        await using var first = await Replica.StartAsync(server, "first");
        first.Show("a.shop.test");
        var options = await pod.OptionsAsync(first);
        File.Move(options.CaFile, options.CaFile + ".later");
        await using var gateway = await GatewayEnd.StartAsync(options);
        await gateway.LineAsync("is not reached yet");

        File.Move(options.CaFile + ".later", options.CaFile);
        await HostAsync(gateway, "a.shop.test");

        Assert.Single(gateway.Log.Lines.Entries, line => line.Message.Contains("is not reached yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_expires_is_shown_anew_without_a_word()
    {
        await using var first = await Replica.StartAsync(server, "first");
        first.Show("a.shop.test");
        var options = await pod.OptionsAsync(first, TimeSpan.FromSeconds(5));
        await using var gateway = await GatewayEnd.StartAsync(options);
        await HostAsync(gateway, "a.shop.test");

        await File.WriteAllTextAsync(options.TokenFile, pod.Token(TimeSpan.FromMinutes(10)), Cancellation);
        await first.LineAsync("the time of its token is over, and it is to call again");
        await first.Log.Lines.WaitAsync(lines => lines.Count(line => line.Message.StartsWith("Gateway 'default' joined", StringComparison.Ordinal)) == 2, Cancellation);
        first.Show("b.shop.test");
        await HostAsync(gateway, "b.shop.test");

        Assert.DoesNotContain(gateway.Log.Lines.Entries, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task Operators_of_a_real_cluster_hand_over_and_the_new_leader_says_the_same()
    {
        using var root = TestAuthority.CreateRoot("company");
        Install();
        server.Objects.Apply(
            $$$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {namespace: default, name: trust-0}
            ---
            apiVersion: portcullis.dev/v1alpha1
            kind: TrustBundle
            metadata: {namespace: default, name: company}
            spec: {sources: [{name: root, inline: {{{System.Text.Json.JsonSerializer.Serialize(root.Pem)}}} }]}
            ---
            apiVersion: portcullis.dev/v1alpha1
            kind: BackendRoute
            metadata: {namespace: default, name: shop}
            spec:
              hostnames: [shop.test]
              rules: [{name: all, backendRefs: [{name: shop}]}]
              backends:
              - name: shop
                endpoints: [{ip: 192.0.2.7, port: 443}]
                tls: {validation: {caCertificateRefs: [{name: company}], hostname: shop.internal}}
            """);
        await using var first = await Replica.StartAsync(server, "first", whole: true);
        await first.LeadsAsync();
        await using var second = await Replica.StartAsync(server, "second", whole: true);
        await using var gateway = await GatewayAsync(second, first);
        var before = await HostAsync(gateway, "shop.test");
        var status = await server.ChangedAsync("BackendRoute", new ResourceKey("default", "shop"), route => route?["status"]?["conditions"] is not null, Cancellation);

        await first.StopAsync();
        await second.LeadsAsync();
        var after = await gateway.NextAsync();

        Assert.True(after.Version.Epoch > before.Version.Epoch);
        Assert.Equal(before.Configuration.Revision, after.Configuration.Revision);
        Assert.NotNull(status);
        Assert.Equal("ready\n", await ReadyAsync(second));
    }

    /// <summary>Our definitions, as kubectl applies them.</summary>
    private void Install()
    {
        var assembly = typeof(Operator.Hosting.ClusterHost).Assembly;

        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("crds/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            server.Objects.Apply(reader.ReadToEnd());
        }
    }

    private Task<GatewayEnd> GatewayAsync(params Replica[] replicas) => pod.StartAsync(replicas);

    private static async Task<VersionedConfiguration> HostAsync(GatewayEnd gateway, string host)
    {
        while (true)
        {
            if (await gateway.NextAsync() is var next && Hosts(next).Contains($"\"{host}\"", StringComparison.Ordinal))
            {
                return next;
            }
        }
    }

    private static string Hosts(VersionedConfiguration configuration) =>
        string.Concat(configuration.Configuration.Entries.Values.Select(entry => Encoding.UTF8.GetString(entry.Content.Span)));

    private static async Task<string> ReadyAsync(Replica replica)
    {
        using var client = TestClient.InClearTo(replica.Health);
        using var answer = await client.GetAsync(new Uri("http://operator/readyz"), Cancellation);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }
}
