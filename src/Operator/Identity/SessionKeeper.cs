using System.Net;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Identity;

/// <summary>Looks at the place where the session key is kept, and hands it on when it is another. Until it is read, the key before it serves on.</summary>
/// <param name="open">Reads the key, or makes it.</param>
/// <param name="keys">To whom it is handed.</param>
/// <param name="time">Measures the pauses.</param>
/// <param name="logger">Never hears of the key itself (P9).</param>
internal sealed partial class SessionKeeper(
    Func<CancellationToken, Task<SessionKey>> open, Latest<SessionKey> keys, TimeProvider time, ILogger<SessionKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan AfterLostRace = TimeSpan.FromMilliseconds(200);
    private string? told;

    /// <summary>How soon a key that was deleted is made anew.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Interval;

            try
            {
                Take(await open(stoppingToken).ConfigureAwait(false));
                told = null;
            }
            catch (ApiRefusedException refused) when (refused.Refusal.Code == HttpStatusCode.Conflict)
            {
                // Another replica wrote first; what it wrote counts.
                wait = AfterLostRace;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, requests are served with the key at hand or without one, and it will be tried again.
                Tell(failure);
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Take(SessionKey key)
    {
        if (key.IsSameAs(keys.Value))
        {
            return;
        }

        if (keys.Value is not null)
        {
            Log.Replaced(logger);
        }

        keys.Offer(key);
    }

    /// <summary>One line a problem, however often it is met. An API server that is away is away in other words at each try.</summary>
    private void Tell(Exception failure)
    {
        var somebodyMustAct = failure is ApiRefusedException or InvalidDataException or UnauthorizedAccessException;
        var problem = somebodyMustAct ? failure.Message : "";

        if (problem == told)
        {
            return;
        }

        told = problem;

        if (somebodyMustAct)
        {
            Log.SomebodyMustAct(logger, failure.Message);
        }
        else
        {
            Log.NotReached(logger, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Session cookies get a new key: clients that have one are sent to an endpoint chosen anew.")]
        public static partial void Replaced(ILogger logger);

        [LoggerMessage(Level = LogLevel.Error, Message = "The key of session cookies could not be kept: {Problem} Gateways keep the key they have; one without any keeps nobody at an endpoint. Trying again.")]
        public static partial void SomebodyMustAct(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The key of session cookies could not be looked at: {Problem} Gateways keep the key they have; trying again.")]
        public static partial void NotReached(ILogger logger, string problem);
    }
}
