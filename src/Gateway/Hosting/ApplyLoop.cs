using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Hosting.Front;
using Portcullis.Gateway.Hosting.Health;
using Portcullis.Gateway.Mounts;

namespace Portcullis.Gateway.Hosting;

/// <summary>The gateway's loop: whenever the newest configuration or what is mounted changes, both are applied together, and what came of it is reported.</summary>
internal sealed partial class ApplyLoop(ApplyLoopSeams seams, FrontCertificates certificates, Readiness readiness, ILogger<ApplyLoop> logger) : BackgroundService
{
    private readonly Lock gate = new();
    private VersionedConfiguration? configuration;
    private MountedBundles? mounted;
    private FrontRefusals? refusals;

    /// <summary>What is there already (a saved configuration, the first look at the mounts) is applied before the first connection is accepted.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Apply();

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // None of them ends by itself: the first that does has failed or was told to stop, and the others are told the same.
        var first = await Task.WhenAny(
            FollowAsync(seams.Configurations, _ => Apply(), stoppingToken),
            FollowAsync(seams.Mounted, _ => Apply(), stoppingToken),
            FollowAsync(seams.EngineReports, Pass, stoppingToken)).ConfigureAwait(false);

        await first.ConfigureAwait(false);
    }

    private static async Task FollowAsync<T>(Latest<T> values, Action<T> act, CancellationToken stoppingToken)
        where T : class
    {
        try
        {
            await foreach (var value in values.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                act(value);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private void Apply()
    {
        lock (gate)
        {
            if (seams.Configurations.Value is not { } newest || seams.Mounted.Value is not { } held || (newest == configuration && ReferenceEquals(held, mounted)))
            {
                return;
            }

            (configuration, mounted) = (newest, held);
            Apply(newest, held);
        }
    }

    private void Apply(VersionedConfiguration newest, MountedBundles held)
    {
        try
        {
            // Certificates first: the report of this version then carries what became of them.
            refusals = new FrontRefusals(newest.Version, certificates.Apply(newest.Configuration));
            seams.Apply(newest, held);
        }
        catch (Exception fault)
        {
            // What cannot be applied is refused entry by entry; an exception is a fault of ours. Ending would take down what still serves (P5).
            Log.NotApplied(logger, fault, newest.Version, newest.Configuration.Revision);
        }
    }

    private void Pass(GatewayReport report)
    {
        lock (gate)
        {
            var whole = WithFront(report);

            if (configuration is { } running)
            {
                readiness.Observe(running.Configuration, whole);
            }

            seams.Reports.Offer(whole);
        }
    }

    private GatewayReport WithFront(GatewayReport report) =>
        report.Applied is { } applied && refusals is { } front && !front.Problems.IsEmpty && front.Version == new ConfigurationVersion(applied.Epoch, applied.Sequence)
            ? report with { Applied = applied with { Refused = [.. applied.Refused.ExceptBy(front.Problems.Select(problem => problem.Entry), problem => problem.Entry), .. front.Problems] } }
            : report;

    /// <summary>Certificates of this configuration that are not shown.</summary>
    private sealed record FrontRefusals(ConfigurationVersion Version, ImmutableArray<EntryProblem> Problems);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Configuration {Version}, revision {Revision}, could not be applied. This is a fault in the gateway, please report it; what served before serves on.")]
        public static partial void NotApplied(ILogger logger, Exception fault, ConfigurationVersion version, Digest revision);
    }
}
