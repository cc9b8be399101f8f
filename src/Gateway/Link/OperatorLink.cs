using System.Net;
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
    private bool calledAgain;

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
            var failure = await RunRoundAsync(askForEverything, stoppingToken).ConfigureAwait(false);

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

    /// <summary>
    /// Calls one address after the other until one admits the call, and returns how that call ended; or, when all were tried, what kept the most telling
    /// of them from admitting one.
    /// </summary>
    private async Task<LinkFailure> RunRoundAsync(bool askForEverything, CancellationToken stoppingToken)
    {
        try
        {
            var addresses = await options.Addresses(options.Operator, stoppingToken).ConfigureAwait(false);
            var telling = new LinkFailure("its name has no address", LinkFailureKind.NotLeading);

            foreach (var address in addresses)
            {
                var failure = await RunSessionAsync(address, addresses.Length, askForEverything, stoppingToken).ConfigureAwait(false);

                if (IsConnected || stoppingToken.IsCancellationRequested)
                {
                    return failure;
                }

                // A standby says nothing about what is wrong; an answer that somebody must act on says most.
                telling = telling.Kind == LinkFailureKind.NotLeading || failure.SomeoneMustAct ? failure : telling;
            }

            return telling;
        }
        catch (Exception failure)
        {
            // A name that cannot be resolved now may be in a moment.
            return new LinkFailure($"the name {options.Operator.Host} cannot be resolved ({failure.Message.TrimEnd('.')})");
        }
    }

    private async Task<LinkFailure> RunSessionAsync(IPEndPoint address, int ofAddresses, bool askForEverything, CancellationToken stoppingToken)
    {
        try
        {
            var token = (await File.ReadAllTextAsync(options.TokenFile, stoppingToken).ConfigureAwait(false)).Trim();
            using var channel = OperatorChannel.Open(options, address, ofAddresses > 1 ? options.ConnectTimeoutOfMany : options.ConnectTimeout);
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

        if (lost is not null)
        {
            Log.OperatorRegained(logger, options.Operator);
        }
        else if (!calledAgain)
        {
            Log.OperatorReached(logger, options.Operator, options.Gateway);
        }

        (lost, calledAgain) = (null, false);
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
        if (failure.Kind == LinkFailureKind.CallAgain)
        {
            // Nothing was lost: it comes back in a moment, and says nothing then either.
            calledAgain = true;
            Log.CallsAgain(logger, options.Operator);
            return;
        }

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

        [LoggerMessage(Level = LogLevel.Debug, Message = "The operator at {Address} asks to be called again; doing so with the present token.")]
        public static partial void CallsAgain(ILogger logger, Uri address);

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
