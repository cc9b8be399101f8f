using System.Runtime.CompilerServices;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Stores;

namespace Portcullis.Operator.Reconciling;

/// <summary>Writes the newest of one kind of result at its own pace: it tries for ever, and always the newest.</summary>
/// <param name="what">For the log, such as <c>statuses</c>.</param>
/// <param name="publish">Compares first and writes only differences.</param>
/// <param name="retry">Waits between tries.</param>
/// <param name="time">Measures them.</param>
/// <param name="logger">The loop's.</param>
internal sealed partial class LatestPublisher<T>(string what, Func<T, CancellationToken, Task> publish, Backoff retry, TimeProvider time, ILogger logger)
{
    // Removals of trust are among what is written: nobody's word may put them off for longer.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(1);

    private readonly Latest<StrongBox<T>> newest = new();

    /// <summary>Returns at once.</summary>
    public void Offer(T value) => newest.Offer(new StrongBox<T>(value));

    /// <summary>Ends only by cancellation.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in newest.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            await PublishNewestAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task PublishNewestAsync(CancellationToken stoppingToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await publish(newest.Value!.Value!, stoppingToken).ConfigureAwait(false);
                return;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                var delay = Delay(failures, failure);
                Log.NotPublished(logger, what, failure.Message, delay);
                await Task.Delay(delay, time, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A store that is overloaded says when it wants to be asked again; earlier would only add to its load.</summary>
    private TimeSpan Delay(int failures, Exception failure)
    {
        var backoff = retry.After(failures, Random.Shared.NextDouble());
        var asked = (failure as StoreBusyException)?.RetryAfter ?? TimeSpan.Zero;

        return asked < backoff ? backoff : asked < LongestAsked ? asked : LongestAsked;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Could not write {What}: {Problem} Trying again in {Delay} with the newest.")]
        public static partial void NotPublished(ILogger logger, string what, string problem, TimeSpan delay);
    }
}
