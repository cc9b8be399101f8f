using Portcullis.Contract;
using Portcullis.Contract.Handover;

namespace Portcullis.Operator.Identity;

/// <summary>Looks at the place where the session key is kept, and hands it on when it is another. Until it is read, the key before it serves on.</summary>
/// <param name="open">Reads the key, or makes it.</param>
/// <param name="keys">To whom it is handed.</param>
/// <param name="time">Measures the pauses.</param>
/// <param name="logger">Never hears of the key itself (P9).</param>
internal sealed partial class SessionKeeper(
    Func<CancellationToken, Task<SessionKey>> open, Latest<SessionKey> keys, TimeProvider time, ILogger<SessionKeeper> logger) : BackgroundService
{
    /// <summary>How soon a key that was deleted is made anew.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new Upkeep(Interval, time, problem => Log.SomebodyMustAct(logger, problem), problem => Log.NotReached(logger, problem))
            .RunAsync(async look => Take(await open(look).ConfigureAwait(false)), stoppingToken);

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
