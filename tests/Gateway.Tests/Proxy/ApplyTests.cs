using System.Collections.Immutable;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Tests.Proxy.Kit;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy;

public sealed class ApplyTests : IAsyncLifetime
{
    private readonly TestAuthority corp = TestAuthority.CreateRoot("corp");
    private readonly TestAuthority next = TestAuthority.CreateRoot("next");
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private TlsBackend backend = null!;
    private TlsBackend other = null!;
    private GatewayFront gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await TlsBackend.StartAsync(Make.Chain(corp), Cancellation);
        other = await TlsBackend.StartAsync(new TlsBackendOptions { Name = "other", Default = Make.Chain(next) }, Cancellation);
        gateway = await GatewayFront.StartAsync(Cancellation, time: time);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await other.DisposeAsync();
        await backend.DisposeAsync();
        next.Dispose();
        corp.Dispose();
    }

    [Fact]
    public async Task Before_the_first_configuration_everything_is_answered_503()
    {
        await AssertAsync("https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC3111");
    }

    [Fact]
    public async Task A_host_or_path_without_a_route_is_answered_404()
    {
        Serve(Route() with { Rules = [Make.Rule("/api", Forward())] });

        await AssertAsync("https://shop.test/api", HttpStatusCode.OK);
        await AssertAsync("https://shop.test/other", HttpStatusCode.NotFound, "PC3101");
        await AssertAsync("https://other.test/", HttpStatusCode.NotFound, "PC3101");
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_refused_rule_keeps_its_place()
    {
        var broken = Route() with
        {
            Route = new ResourceKey("shop", "broken"),
            Hostnames = ["a.shop.test"],
            Rules = [Make.Rule("/api", new RuleAction.Refuse("PC1004"))],
        };
        Serve(Route() with { Hostnames = ["*.shop.test"] }, broken, Route() with { Route = new ResourceKey("shop", "web2"), Hostnames = ["a.shop.test"] });

        await AssertAsync("https://a.shop.test/api/x", HttpStatusCode.ServiceUnavailable, "PC1004");
        await AssertAsync("https://a.shop.test/", HttpStatusCode.OK);
        await AssertAsync("https://b.shop.test/api/x", HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("endpoints")]
    [InlineData("weights")]
    public async Task A_backend_with_nothing_ready_is_answered_503(string missing)
    {
        var configuration = Make.Backend(backend.Port) with { Endpoints = missing == "endpoints" ? [] : [Make.Endpoint(backend.Port)] };
        Serve(Make.Route(configuration) with
        {
            Rules = [Make.Rule("/", new RuleAction.Forward([new WeightedBackend("orders", missing == "weights" ? 0 : 1)]))],
        });

        await AssertAsync("https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC3102");
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task An_entry_that_is_not_understood_is_refused_alone_and_its_predecessor_serves_on()
    {
        Serve(Route(), OtherHost());

        ServeEncoded(Unintelligible(Route()), EntryCodec.Encode(OtherHost() with { Rules = [Make.Rule("/moved", Forward())] }));

        await AssertAsync("https://shop.test/", HttpStatusCode.OK);
        await AssertAsync("https://other.test/moved", HttpStatusCode.OK);
        await AssertAsync("https://other.test/", HttpStatusCode.NotFound);
        var applied = (await ReportAsync(report => report.Applied?.Refused.IsEmpty == false)).Applied!;
        Assert.Equal([Route().Key], applied.Refused.Select(problem => problem.Entry));
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task An_entry_that_cannot_be_run_is_refused_alone_and_its_predecessor_serves_on()
    {
        Serve(Route());

        Serve(Route() with { Rules = [Make.Rule("/", new RuleAction.Forward([new WeightedBackend("missing", 1)]))] }, OtherHost());

        await AssertAsync("https://shop.test/", HttpStatusCode.OK);
        await AssertAsync("https://other.test/", HttpStatusCode.OK);
        var problem = (await ReportAsync(report => report.Applied?.Refused.IsEmpty == false)).Applied!.Refused.Single();
        Assert.Equal("has rule 'rule' that forwards to the unknown backend 'missing'", problem.Message);
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_broken_entry_without_a_predecessor_keeps_its_hosts_at_503()
    {
        var wildcard = Route() with { Route = new ResourceKey("shop", "all"), Hostnames = ["*.shop.test"] };
        var mine = Route() with { Hostnames = ["a.shop.test"] };

        ServeEncoded(Unintelligible(mine), EntryCodec.Encode(wildcard));
        await AssertAsync("https://a.shop.test/", HttpStatusCode.ServiceUnavailable, "PC3110");
        await AssertAsync("https://b.shop.test/", HttpStatusCode.OK);

        Serve(wildcard, mine with { Rules = [mine.Rules[0] with { RequestTimeout = TimeSpan.Zero }] });
        await AssertAsync("https://a.shop.test/", HttpStatusCode.ServiceUnavailable, "PC3110");

        Serve(wildcard, mine);
        await AssertAsync("https://a.shop.test/", HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Promise", "P5")]
    [Trait("Promise", "P6")]
    public async Task A_route_that_the_operator_cannot_read_any_more_is_kept_by_who_has_it_and_answers_503_elsewhere()
    {
        var kept = new KeepEntry { Entry = Route().Key, Hostnames = ["shop.test"] };
        var wildcard = Route() with { Route = new ResourceKey("shop", "all"), Hostnames = ["*.test"] };

        Serve(kept, wildcard);
        await AssertAsync("https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC3110");
        await AssertAsync("https://other.test/", HttpStatusCode.OK);

        Serve(Route(), OtherHost());
        Serve(kept, OtherHost() with { Rules = [Make.Rule("/moved", Forward())] });
        await AssertAsync("https://shop.test/", HttpStatusCode.OK);
        await AssertAsync("https://other.test/moved", HttpStatusCode.OK);
        Assert.Equal(kept.Refusal, (await ReportAsync(report => report.Applied?.Refused.IsEmpty == false)).Applied!.Refused.Single());

        // Kept, it is still bound to what may be trusted now.
        gateway.Apply(Make.Mounts(corp), kept, Make.Bundle(next));
        await AssertAsync("https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC2023");

        Serve();
        await AssertAsync("https://shop.test/", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Two_identities_at_one_address_are_refused()
    {
        Serve(Make.Route(Make.Backend(backend.Port) with { Endpoints = [Make.Endpoint(backend.Port), Make.Endpoint(backend.Port, "payments.internal")] }));

        await AssertAsync("https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC3110");
        Assert.Empty(backend.Connections.Entries);
    }

    [Fact]
    public async Task A_malformed_forbidden_endpoint_refuses_the_settings_and_keeps_the_ones_before()
    {
        Serve(Route(), new SettingsEntry { ForbiddenEndpoints = [$"127.0.0.1:{backend.Port}"] });

        Serve(Route(), new SettingsEntry { ForbiddenEndpoints = ["apiserver"] });

        await AssertAsync("https://shop.test/", HttpStatusCode.BadGateway, "PC2022");
        var report = await ReportAsync(report => report.Applied?.Refused.IsEmpty == false);
        Assert.Equal(EntryKey.Settings, report.Applied!.Refused.Single().Entry);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task An_older_configuration_is_refused_and_its_mounts_are_taken()
    {
        var newer = new VersionedConfiguration(new ConfigurationVersion(2, 1), GatewayConfiguration.Of([Route(), Make.Bundle(corp)]));
        var older = new VersionedConfiguration(new ConfigurationVersion(1, 99), GatewayConfiguration.Empty);
        gateway.Engine.Apply(newer, MountedBundles.Empty);

        gateway.Engine.Apply(older, Make.Mounts(corp));

        await AssertAsync("https://shop.test/", HttpStatusCode.OK);
        Assert.Contains(gateway.Logs.GetSnapshot(), record => record.Level == LogLevel.Warning && record.Message.Contains("1.99", StringComparison.Ordinal));
        var report = await ReportAsync(report => report.Applied?.Epoch == 2);
        Assert.Equal(newer.Configuration.Revision, report.Applied!.Revision);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_route_whose_bundle_is_not_mounted_yet_waits_behind_its_predecessor()
    {
        Serve(Route());
        var moved = Make.Route(Make.Backend(other.Port));

        gateway.Apply(Make.Mounts(corp), moved, Make.Bundle(corp, next));
        Assert.Equal("backend", await WhoAsync());
        var waiting = await ReportAsync(report => report.Applied?.Pending.Length == 2);
        Assert.Equal([Make.Bundle(corp).Key, moved.Key], waiting.Applied!.Pending.Select(problem => problem.Entry).Order());
        Assert.All(waiting.Applied.Pending, problem => Assert.Equal("waits for 1 of 2 anchors of bundle shop/corp to be mounted", problem.Message));

        gateway.Apply(Make.Mounts(corp, next), moved, Make.Bundle(corp, next));
        Assert.Equal("other", await WhoAsync());
        await ReportAsync(report => report.Applied?.Pending.IsEmpty == true);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_route_that_moves_to_a_bundle_not_mounted_yet_serves_on_under_the_one_before_less_what_is_removed_from_it()
    {
        var moving = new ResourceKey("shop", "next");
        gateway.Apply(Make.Mounts(corp), Route(), Make.Bundle(corp));
        var moved = Make.Route(Make.Backend(other.Port) with { Tls = new BackendTls { Bundles = [moving] } });

        gateway.Apply(Make.Mounts(corp), moved, Make.Bundle(corp), Make.Bundle(moving, next));
        Assert.Equal("backend", await WhoAsync());
        var waiting = await ReportAsync(report => report.Applied?.Pending.Length == 2);
        Assert.Contains(waiting.Applied!.Pending, problem => problem.Entry == moved.Key && problem.Message == "waits for bundle shop/next to be mounted");

        gateway.Apply(Make.Mounts(corp), moved, Make.Bundle(Make.Corp), Make.Bundle(moving, next));
        await AssertAsync("https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC2023");

        gateway.Apply(Make.Mounts((Make.Corp, [corp]), (moving, [next])), moved, Make.Bundle(Make.Corp), Make.Bundle(moving, next));
        Assert.Equal("other", await WhoAsync());
    }

    [Fact]
    [Trait("Promise", "P3")]
    public async Task A_route_that_has_waited_for_two_minutes_is_applied_and_fails_closed()
    {
        Serve(Route());
        gateway.Apply(Make.Mounts(corp), Make.Route(Make.Backend(other.Port)), Make.Bundle(corp, next));

        time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromSeconds(1));
        Assert.Equal("backend", await WhoAsync());

        time.Advance(TimeSpan.FromSeconds(1));
        await AssertAsync("https://shop.test/", HttpStatusCode.BadGateway, "PC2001");
        Assert.Equal(0, other.ApplicationBytes);
    }

    [Fact]
    [Trait("Promise", "P2")]
    public async Task An_anchor_that_is_removed_leaves_the_waiting_routes_predecessor_too()
    {
        Serve(Route());
        Assert.Equal("backend", await WhoAsync());

        gateway.Apply(Make.Mounts(corp), Make.Route(Make.Backend(other.Port)), Make.Bundle(next));

        await AssertAsync("https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC2023");
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_first_route_does_not_wait_and_answers_503_until_its_bundle_is_mounted()
    {
        gateway.Apply(MountedBundles.Empty, Route(), Make.Bundle(corp));
        await AssertAsync("https://shop.test/", HttpStatusCode.ServiceUnavailable, "PC2023");
        Assert.Contains((await ReportAsync(report => report.Applied?.Pending.IsEmpty == false)).Applied!.Pending, problem => problem.Entry == Route().Key);

        gateway.Apply(Make.Mounts(corp), Route(), Make.Bundle(corp));
        await AssertAsync("https://shop.test/", HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_report_has_every_bundle_with_what_is_in_force()
    {
        var stray = new ResourceKey("shop", "stray");
        var broken = new ResourceKey("shop", "broken");
        var mounted = Make.Mounts((Make.Corp, [corp, next]), (stray, [corp])) with
        {
            Problems = ImmutableSortedDictionary<ResourceKey, string>.Empty.Add(broken, "is not PEM"),
        };

        gateway.Apply(mounted, Route(), Make.Bundle(corp));

        var bundles = (await ReportAsync(report => report.Bundles is not null)).Bundles!.Value;
        Assert.Equal([(broken, 0), (Make.Corp, 1), (stray, 0)], bundles.Select(bundle => (bundle.Bundle, bundle.AnchorsInForce)).OrderBy(bundle => bundle.Bundle));
        Assert.Equal("is not PEM", bundles.Single(bundle => bundle.Bundle == broken).Problem);
        Assert.Null(bundles.Single(bundle => bundle.Bundle == broken).Mounted);
    }

    [Fact]
    public async Task Changes_that_come_close_together_make_one_report()
    {
        for (var number = 0; number < 10; number++)
        {
            Serve(Route());
        }

        Assert.Null(gateway.Engine.Reports.Value);
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(10, gateway.Engine.Reports.Value?.Applied?.Sequence);
        await Task.CompletedTask;
    }

    [Fact]
    [Trait("Promise", "P8")]
    public async Task An_endpoint_that_is_no_longer_configured_is_no_longer_reported()
    {
        Serve(Route());
        Assert.Equal("backend", await WhoAsync());
        await ReportAsync(report => report.Observations.Length == 1);

        gateway.Apply(Make.Mounts(corp, next), Make.Route(Make.Backend(other.Port)), Make.Bundle(corp, next));

        await ReportAsync(report => report.Observations.IsEmpty);
        Assert.Equal("other", await WhoAsync());
        Assert.Equal($"127.0.0.1:{other.Port}", (await ReportAsync(report => report.Observations.Length == 1)).Observations.Single().Endpoint);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task Connections_outlive_changes_that_do_not_concern_them()
    {
        Serve(Route());
        Assert.Equal("backend", await WhoAsync());

        for (var number = 0; number < 5; number++)
        {
            Serve(Route() with { Rules = [Make.Rule("/", Forward()) with { Name = $"rule{number}" }] }, OtherHost());
            Assert.Equal("backend", await WhoAsync());
        }

        Assert.Single(backend.Connections.Entries);
    }

    [Fact]
    [Trait("Promise", "P7")]
    public async Task A_removed_route_finishes_what_runs()
    {
        Serve(Route());
        var held = gateway.Http1.GetAsync("https://shop.test/hold", Cancellation);
        await backend.Requests.WaitAsync(requests => requests.Length == 1, Cancellation);

        gateway.Apply(Make.Mounts(corp), Make.Bundle(corp));
        await AssertAsync("https://shop.test/", HttpStatusCode.NotFound);
        backend.Release();

        using var response = await held;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private RouteEntry Route() => Make.Route(Make.Backend(backend.Port));

    private RouteEntry OtherHost() => Route() with { Route = new ResourceKey("shop", "other"), Hostnames = ["other.test"] };

    private static RuleAction.Forward Forward() => new([new WeightedBackend("orders", 1)]);

    private static EncodedEntry Unintelligible(RouteEntry route)
    {
        var text = Encoding.UTF8.GetString(EntryCodec.Encode(route).Content.Span);
        var content = Encoding.UTF8.GetBytes(text[..^1] + ",\"fromTheFuture\":1}");

        return new EncodedEntry(route.Key, 1, content, Digest.Of(content));
    }

    private void Serve(params ConfigurationEntry[] entries) => gateway.Apply(Make.Mounts(corp), [.. entries, Make.Bundle(corp)]);

    private void ServeEncoded(params EncodedEntry[] entries) =>
        gateway.Apply(Make.Mounts(corp), GatewayConfiguration.Of([.. entries, EntryCodec.Encode(Make.Bundle(corp))]));

    private async Task<string?> WhoAsync()
    {
        var answer = await System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsync<BackendAnswer>(gateway.Http1, "https://shop.test/", Cancellation);

        return answer?.Backend;
    }

    private async Task AssertAsync(string url, HttpStatusCode status, string? code = null)
    {
        using var response = await gateway.Http1.GetAsync(url, Cancellation);
        Assert.Equal(status, response.StatusCode);
        if (code is not null)
        {
            Assert.Contains($"details=\"{code}\"", response.Headers.GetValues("Proxy-Status").Single(), StringComparison.Ordinal);
        }
    }

    private Task<GatewayReport> ReportAsync(Predicate<GatewayReport> reached)
    {
        time.Advance(TimeSpan.FromMilliseconds(100));

        return gateway.ReportAsync(reached, Cancellation);
    }
}
