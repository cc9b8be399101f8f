using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Reports;

namespace Portcullis.Gateway.Link;

/// <summary>
/// The gateway's end of the stream. Keeps a connection to the operator for ever, hands out each newest configuration, sends what changed in
/// the reports it is given, and keeps the last applied configuration on disk. Losing the operator costs no request (P5).
/// </summary>
internal sealed partial class OperatorLink(LinkOptions options, TimeProvider time, ILogger<OperatorLink> logger) : BackgroundService
{
    private readonly AppliedConfigurations applied = new(options.SavedConfiguration is { } path ? new SavedConfiguration(path) : null, logger);
    private LinkFailure? lost;

    /// <summary>The saved one at first, if there is one; then each newer one as it arrives.</summary>
    public Latest<VersionedConfiguration> Configurations { get; } = new();

    /// <summary>Where the gateway offers its newest full report; the link finds out what of it is new.</summary>
    public Latest<GatewayReport> Reports { get; } = new();

    /// <summary>Whether the operator was heard on the present stream.</summary>
    public bool IsConnected { get; private set; }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (applied.Load() is { } saved)
        {
            Configurations.Offer(saved);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(StayConnectedAsync(stoppingToken), applied.SaveAsync(Reports, stoppingToken));

    private async Task StayConnectedAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        var askForEverything = false;

        while (!stoppingToken.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            var failure = await RunSessionAsync(askForEverything, stoppingToken).ConfigureAwait(false);

            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            failures = IsConnected && time.GetElapsedTime(started) >= options.HealthyAfter ? 1 : failures + 1;
            askForEverything = failure.NeedsEverything;
            var delay = options.Reconnect.After(failures, Random.Shared.NextDouble());
            Tell(failure, delay);
            IsConnected = false;
            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<LinkFailure> RunSessionAsync(bool askForEverything, CancellationToken stoppingToken)
    {
        try
        {
            var token = (await File.ReadAllTextAsync(options.TokenFile, stoppingToken).ConfigureAwait(false)).Trim();
            using var channel = OperatorChannel.Open(options);
            using var session = new LinkSession(options, Configurations.Value, askForEverything, Reports, time)
            {
                Heard = Heard,
                Received = Received,
            };

            await session.RunAsync(channel, token, stoppingToken).ConfigureAwait(false);
            return LinkFailure.Ended;
        }
        catch (Exception failure)
        {
            // Whatever it was, the answer is the same: serve on and try again. A link that gave up would need a restart to heal.
            return LinkFailure.From(failure, options);
        }
    }

    private void Heard()
    {
        if (IsConnected)
        {
            return;
        }

        IsConnected = true;

        if (lost is null)
        {
            Log.OperatorReached(logger, options.Operator, options.Gateway);
        }
        else
        {
            Log.OperatorRegained(logger, options.Operator);
        }

        lost = null;
    }

    private void Received(VersionedConfiguration configuration)
    {
        applied.Remember(configuration);
        Log.ConfigurationReceived(logger, configuration.Version, configuration.Configuration.Revision, configuration.Configuration.Entries.Count);
        Configurations.Offer(configuration);
    }

    /// <summary>One line when the operator is lost, and one when it turns out that somebody must act; every further try is silent.</summary>
    private void Tell(LinkFailure failure, TimeSpan delay)
    {
        if (lost is not null && (!failure.SomeoneMustAct || failure == lost))
        {
            return;
        }

        lost = failure;

        if (failure.SomeoneMustAct)
        {
            Log.OperatorRefuses(logger, options.Operator, failure.Cause);
        }
        else if (IsConnected)
        {
            Log.OperatorLost(logger, options.Operator, Configurations.Value?.Configuration.Revision, failure.Cause, delay);
        }
        else
        {
            Log.OperatorNotReached(logger, options.Operator, failure.Cause, delay);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the operator at {Address} as gateway '{Gateway}'.")]
        public static partial void OperatorReached(ILogger logger, Uri address, string gateway);

        [LoggerMessage(Level = LogLevel.Information, Message = "Regained the operator at {Address}.")]
        public static partial void OperatorRegained(ILogger logger, Uri address);

        [LoggerMessage(Level = LogLevel.Information, Message = "Received configuration {Version} with {Entries} entries, revision {Revision}.")]
        public static partial void ConfigurationReceived(ILogger logger, ConfigurationVersion version, Digest revision, int entries);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Lost the operator at {Address} after revision {Revision}: {Cause}. Serving on, trying again in {Delay} and from then on without another line.")]
        public static partial void OperatorLost(ILogger logger, Uri address, Digest? revision, string cause, TimeSpan delay);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The operator at {Address} is not reached yet: {Cause}. Trying again in {Delay} and from then on without another line.")]
        public static partial void OperatorNotReached(ILogger logger, Uri address, string cause, TimeSpan delay);

        [LoggerMessage(Level = LogLevel.Error, Message = "The operator at {Address} cannot be used: {Cause}. Serving on with what is held, and trying again.")]
        public static partial void OperatorRefuses(ILogger logger, Uri address, string cause);
    }
}
