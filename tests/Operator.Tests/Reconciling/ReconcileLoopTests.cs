using System.Collections.Immutable;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Reconciling;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Tests.Translation;
using Portcullis.Operator.Translation;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Operator.Tests.Reconciling;

public sealed class ReconcileLoopTests : IAsyncLifetime
{
    private static readonly ReconcileOptions Quick = new() { MinimumInterval = TimeSpan.FromMilliseconds(1), Retry = new Backoff(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20)) };
    private readonly ScriptedStore store = new();
    private readonly FleetHub hub = new(["default"], epoch: 1);
    private readonly TestLog log = new();
    private readonly FakeTimeProvider clock = new(CertificateRecipe.DefaultNotBefore.AddYears(1));
    private readonly Latest<SessionKey> sessionKeys = new();
    private readonly Latest<SessionKeyProblem> sessionKeyProblems = new();
    private ReconcileLoop? loop;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (loop is not null)
        {
            await loop.StopAsync(CancellationToken.None);
            loop.Dispose();
        }

        log.Dispose();
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task Nothing_is_offered_or_written_before_the_first_snapshot()
    {
        await StartAsync();
        hub.Join(new Hello { Gateway = "default", PodUid = "uid" }).Merge(new GatewayReport());

        Assert.False(loop!.HasTranslated);
        store.Show(Snapshot());
        await store.Bundles.WaitAsync(written => written.Length > 0, Cancellation);

        Assert.True(loop.HasTranslated);
        Assert.Equal(new ConfigurationVersion(1, 1), Newest()!.Version);
    }

    [Fact]
    [Trait("Promise", "P4")]
    public async Task Gateways_and_statuses_do_not_wait_for_a_write_that_hangs()
    {
        var hanging = new TaskCompletionSource();
        store.WritingBundles = hanging.Task.WaitAsync;
        await StartAsync();

        store.Show(Snapshot("a"));
        await store.Statuses.WaitAsync(written => written.Length > 0, Cancellation);
        store.Show(Snapshot("a", "b"));
        await OfferedAsync(2);
        await store.Statuses.WaitAsync(written => written.Any(statuses => statuses.Length == 2), Cancellation);

        Assert.Empty(store.Bundles.Entries);
        hanging.SetResult();
        await store.Bundles.WaitAsync(written => written.Length > 0, Cancellation);
    }

    [Fact]
    public async Task A_failed_write_is_tried_again_with_the_newest()
    {
        using var root = TestAuthority.CreateRoot("root");
        var failing = true;
        store.WritingBundles = _ => failing ? throw new IOException("No space left on device.") : Task.CompletedTask;
        await StartAsync();

        store.Show(Snapshot() with { TrustBundles = Bundle(root, "old") });
        await log.Lines.WaitAsync(lines => lines.Count(line => line.Message.StartsWith("Could not write bundles: No space left on device.", StringComparison.Ordinal)) > 1, Cancellation);
        store.Show(Snapshot() with { TrustBundles = Bundle(root, "new") });
        await OfferedAsync(1);
        await store.Statuses.WaitAsync(written => written.Length > 1, Cancellation);
        failing = false;
        var written = await store.Bundles.WaitAsync(written => written.Any(bundles => bundles is [{ Key.Name: "new" }]), Cancellation);

        Assert.DoesNotContain(written, bundles => bundles is [{ Key.Name: "old" }]);
    }

    [Fact]
    [Trait("Promise", "P6")]
    public async Task A_fault_of_the_translation_keeps_the_last_good_and_the_loop_turns_on()
    {
        log.Announce("The translation failed");
        await StartAsync();
        store.Show(Snapshot("a"));
        var good = await OfferedAsync(1);

        store.Show(new ResourceSnapshot { BackendRoutes = null! });
        await log.Lines.WaitAsync(lines => lines.Any(line => line.Message.StartsWith("The translation failed", StringComparison.Ordinal)), Cancellation);
        var afterwards = Newest();
        store.Show(Snapshot("a", "b"));
        var next = await OfferedAsync(2);

        Assert.Equal(good, afterwards);
        Assert.NotEqual(good.Configuration.Revision, next.Configuration.Revision);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_broken_watch_starts_anew_and_changes_nothing_meanwhile()
    {
        log.Announce("Reading resources failed");
        await StartAsync();
        store.Show(Snapshot("a"));
        var good = await OfferedAsync(1);

        store.Break(new IOException("The folder is gone."));
        await log.Lines.WaitAsync(lines => lines.Any(line => line.Message.Contains("The folder is gone.", StringComparison.Ordinal)), Cancellation);
        var meanwhile = Newest();
        store.Show(Snapshot("a", "b"));

        Assert.Equal(good, meanwhile);
        await OfferedAsync(2);
    }

    [Fact]
    [Trait("Promise", "P8")]
    public async Task What_the_fleet_reports_leads_to_new_statuses()
    {
        await StartAsync();
        store.Show(Snapshot("a"));
        await store.Statuses.WaitAsync(written => written.Length == 1, Cancellation);

        hub.Join(new Hello { Gateway = "default", PodUid = "uid" });

        await store.Statuses.WaitAsync(written => written.Length > 1, Cancellation);
    }

    [Fact]
    public async Task A_certificate_that_expires_is_noticed_without_any_change()
    {
        var expiry = clock.GetUtcNow().AddMinutes(30);
        using var root = TestAuthority.CreateRoot(CertificateRecipe.ForAuthority("short-lived") with { NotAfter = expiry });
        await StartAsync(clock);
        store.Show(Snapshot() with { TrustBundles = Bundle(root, "company") });
        await store.Statuses.WaitAsync(written => written.Length == 1, Cancellation);

        while (store.Statuses.Entries.Length == 1 && clock.GetUtcNow() < expiry.AddHours(1))
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        await store.Statuses.WaitAsync(written => written.Length > 1, Cancellation);
        Assert.InRange(clock.GetUtcNow(), expiry, expiry.AddHours(1));
    }

    [Fact]
    public async Task A_new_session_key_is_pushed_without_any_other_change_to_those_that_need_it()
    {
        var route = Declared.Route(new CaCertificateRef { Name = Declared.Corp.Name });
        var kept = route with { Spec = route.Spec with { Backends = [route.Spec.Backends[0] with { SessionPersistence = new SessionPersistence() }] } };
        using var root = TestAuthority.CreateRoot("company");
        await StartAsync();
        store.Show(Declared.Snapshot(Declared.Bundle(root.Pem)));
        sessionKeys.Offer(new SessionKey(new byte[SessionKey.Length]));
        var without = await OfferedAsync(1);

        store.Show(Declared.Snapshot(Declared.Bundle(root.Pem)) with { BackendRoutes = ImmutableSortedDictionary<ResourceKey, BackendRoute>.Empty.Add(Declared.Orders, kept) });
        var first = await OfferedAsync(2);
        sessionKeys.Offer(new SessionKey([.. Enumerable.Repeat((byte)1, SessionKey.Length)]));
        var second = await OfferedAsync(3);

        Assert.DoesNotContain(EntryKey.SessionKey, without.Configuration.Entries.Keys);
        Assert.Equal([EntryKey.SessionKey], second.Configuration.Since(first.Configuration).Upserts.Select(entry => entry.Key));
    }

    [Fact]
    public async Task That_there_is_no_session_key_is_said_in_statuses_until_there_is_one()
    {
        var route = Declared.Route(new CaCertificateRef { Name = Declared.Corp.Name });
        var kept = route with { Spec = route.Spec with { Backends = [route.Spec.Backends[0] with { SessionPersistence = new SessionPersistence() }] } };
        using var root = TestAuthority.CreateRoot("company");
        await StartAsync();
        store.Show(Declared.Snapshot(Declared.Bundle(root.Pem)) with { BackendRoutes = ImmutableSortedDictionary<ResourceKey, BackendRoute>.Empty.Add(Declared.Orders, kept) });

        await store.Statuses.WaitAsync(written => written.Length > 0 && ReasonOf(written[^1]) == "ResolvedRefs", Cancellation);
        sessionKeyProblems.Offer(new SessionKeyProblem("It is forbidden."));
        await store.Statuses.WaitAsync(written => ReasonOf(written[^1]) == "SessionKeyUnavailable", Cancellation);
        sessionKeys.Offer(new SessionKey(new byte[SessionKey.Length]));
        await store.Statuses.WaitAsync(written => ReasonOf(written[^1]) == "ResolvedRefs", Cancellation);

        static string ReasonOf(ImmutableArray<ResourceStatus> statuses) =>
            statuses.OfType<ResourceStatus.OfRoute>().Single().Status.Conditions.Single(condition => condition.Type == "ResolvedRefs").Reason;
    }

    private Task StartAsync(TimeProvider? time = null)
    {
        loop = new ReconcileLoop(store, hub, new TranslationOptions(), sessionKeys, Quick, time ?? TimeProvider.System, log.For<ReconcileLoop>())
        {
            SessionKeyProblems = sessionKeyProblems,
        };
        return loop.StartAsync(Cancellation);
    }

    private VersionedConfiguration? Newest() => hub.TryFindFeed("default", out var feed) ? feed.Newest.Value : null;

    private async Task<VersionedConfiguration> OfferedAsync(long sequence)
    {
        Assert.True(hub.TryFindFeed("default", out var feed));

        await foreach (var configuration in feed.Newest.ReadAllAsync(Cancellation))
        {
            if (configuration.Version.Sequence >= sequence)
            {
                return configuration;
            }
        }

        throw new InvalidOperationException("unreachable");
    }

    private static ResourceSnapshot Snapshot(params string[] routes) => new()
    {
        BackendRoutes = routes.ToImmutableSortedDictionary(name => new ResourceKey("shop", name), Route),
    };

    /// <summary>Its backend is missing, so it is delivered as one that keeps its place.</summary>
    private static BackendRoute Route(string name) => new()
    {
        Metadata = new V1ObjectMeta { NamespaceProperty = "shop", Name = name },
        Spec = new BackendRouteSpec { Hostnames = [$"{name}.shop.test"], Rules = [], Backends = [] },
    };

    private static ImmutableSortedDictionary<ResourceKey, TrustBundle> Bundle(TestAuthority root, string name) =>
        ImmutableSortedDictionary<ResourceKey, TrustBundle>.Empty.Add(new ResourceKey("shop", name), new TrustBundle
        {
            Metadata = new V1ObjectMeta { NamespaceProperty = "shop", Name = name },
            Spec = new TrustBundleSpec { Sources = [new TrustSource { Name = "root", Inline = root.Pem }] },
        });
}
