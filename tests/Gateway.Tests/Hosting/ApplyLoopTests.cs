using Microsoft.Extensions.Time.Testing;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Hosting;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Hosting.Health;
using Portcullis.Gateway.Mounts;
using Portcullis.TestKit.Events;
using Portcullis.TestKit.Logs;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Hosting;

public sealed class ApplyLoopTests : IAsyncLifetime
{
    private static readonly ResourceKey Front = new("shop", "front");
    private readonly Journal<(VersionedConfiguration Configuration, MountedBundles Mounted)> applied = new();
    private readonly TestLog log = new();
    private readonly FakeTimeProvider time = new();
    private readonly ApplyLoopSeams seams;
    private readonly Readiness readiness;
    private readonly ApplyLoop loop;
    private string? fault;

    public ApplyLoopTests()
    {
        seams = new ApplyLoopSeams { Configurations = new(), Mounted = new(), Apply = Apply, EngineReports = new(), Reports = new() };
        readiness = new Readiness(time);
        loop = new ApplyLoop(seams, new FrontCertificates(time, log.For<FrontCertificates>()), readiness, log.For<ApplyLoop>());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await loop.StopAsync(CancellationToken.None);
        loop.Dispose();
        log.Dispose();
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task What_was_saved_and_what_is_mounted_is_applied_before_the_loop_has_started()
    {
        seams.Mounted.Offer(MountedBundles.Empty);
        seams.Configurations.Offer(Configuration(1));

        await loop.StartAsync(Cancellation);

        Assert.Equal(1, Assert.Single(applied.Entries).Configuration.Version.Sequence);
    }

    [Fact]
    public async Task Nothing_is_applied_without_a_configuration()
    {
        seams.Mounted.Offer(MountedBundles.Empty);

        await loop.StartAsync(Cancellation);

        Assert.Empty(applied.Entries);
    }

    [Fact]
    public async Task A_change_on_either_side_is_applied_with_the_newest_of_the_other()
    {
        seams.Mounted.Offer(MountedBundles.Empty);
        seams.Configurations.Offer(Configuration(1));
        await loop.StartAsync(Cancellation);

        seams.Configurations.Offer(Configuration(2));
        await applied.WaitAsync(all => all.Length == 2, Cancellation);
        var mounted = new MountedBundles();
        seams.Mounted.Offer(mounted);
        var all = await applied.WaitAsync(all => all.Length == 3, Cancellation);

        Assert.Equal([1, 2, 2], all.Select(one => one.Configuration.Version.Sequence));
        Assert.Same(mounted, all[2].Mounted);
    }

    [Fact]
    [Trait("Promise", "P5")]
    public async Task A_fault_in_applying_is_told_and_the_next_configuration_is_applied()
    {
        log.Announce("could not be applied");
        seams.Mounted.Offer(MountedBundles.Empty);
        await loop.StartAsync(Cancellation);

        fault = "boom";
        seams.Configurations.Offer(Configuration(1));
        await log.Lines.WaitAsync(lines => lines.Any(line => line.Exception?.Message == "boom"), Cancellation);
        fault = null;
        seams.Configurations.Offer(Configuration(2));

        Assert.Equal(2, Assert.Single(await applied.WaitAsync(all => all.Length > 0, Cancellation)).Configuration.Version.Sequence);
    }

    [Fact]
    public async Task What_the_proxy_reports_is_passed_on_and_decides_about_readiness()
    {
        seams.Mounted.Offer(MountedBundles.Empty);
        seams.Configurations.Offer(Configuration(1));
        await loop.StartAsync(Cancellation);

        var report = Report(1);
        seams.EngineReports.Offer(report);

        Assert.Same(report, await seams.Reports.ReadAllAsync(Cancellation).FirstAsync(Cancellation));
        Assert.True(readiness.Answer().Ready);
    }

    [Fact]
    [Trait("Promise", "P8")]
    public async Task A_certificate_that_is_not_shown_is_refused_in_the_report_of_its_configuration_and_no_other()
    {
        using var root = TestAuthority.CreateRoot("root");
        using var leaf = root.Issue("shop.test");
        using var other = root.Issue("shop.test");
        var broken = new CertificateEntry { Certificate = Front, ChainPem = TestPem.Certificates(leaf), PrivateKeyPem = TestPem.PrivateKey(other) };
        seams.Mounted.Offer(MountedBundles.Empty);
        seams.Configurations.Offer(Configuration(2, new SettingsEntry { DefaultCertificate = Front }, broken));
        await loop.StartAsync(Cancellation);

        seams.EngineReports.Offer(Report(1));
        var older = await NextAsync(1);
        seams.EngineReports.Offer(Report(2));
        var newer = await NextAsync(2);

        Assert.Empty(older.Refused);
        Assert.Equal(EntryKey.Certificate(Front), Assert.Single(newer.Refused).Entry);
    }

    private static VersionedConfiguration Configuration(long sequence, params ConfigurationEntry[] entries) =>
        new(new ConfigurationVersion(1, sequence), GatewayConfiguration.Of(entries));

    private static GatewayReport Report(long sequence) => new()
    {
        Applied = new AppliedConfiguration { Epoch = 1, Sequence = sequence, Revision = Digest.Of([]) },
        Bundles = [],
    };

    private async Task<AppliedConfiguration> NextAsync(long sequence)
    {
        var report = await seams.Reports.ReadAllAsync(Cancellation).FirstAsync(report => report.Applied?.Sequence == sequence, Cancellation);

        return report.Applied!;
    }

    private void Apply(VersionedConfiguration configuration, MountedBundles mounted)
    {
        if (fault is not null)
        {
            throw new InvalidOperationException(fault);
        }

        applied.Add((configuration, mounted));
    }
}
