using System.Collections.Immutable;
using System.Threading.Channels;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Delivery;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Reconciling;

/// <summary>
/// The operator's loop, whole: newest snapshot and newest fleet state → translate → three publishers, each keeping the newest at its own
/// pace. Whatever happened in between, each turn starts from the newest.
/// </summary>
internal sealed partial class ReconcileLoop : BackgroundService
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private readonly Channel<bool> changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IResourceStore store;
    private readonly FleetHub hub;
    private readonly TranslationOptions translation;
    private readonly Latest<SessionKey> sessionKeys;
    private readonly ReconcileOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<ReconcileLoop> logger;
    private readonly LatestPublisher<BundlePublication> bundles;
    private readonly LatestPublisher<ImmutableArray<ResourceStatus>> statuses;
    private ResourceSnapshot? newest;
    private TranslationResult? lastGood;
    private int failures;

    public ReconcileLoop(
        IResourceStore store,
        FleetHub hub,
        TranslationOptions translation,
        Latest<SessionKey> sessionKeys,
        ReconcileOptions options,
        TimeProvider time,
        ILogger<ReconcileLoop> logger)
    {
        (this.store, this.hub, this.translation, this.sessionKeys, this.options, this.time, this.logger) = (store, hub, translation, sessionKeys, options, time, logger);
        bundles = new LatestPublisher<BundlePublication>("bundles", store.PublishBundlesAsync, options.Retry, time, logger);
        statuses = new LatestPublisher<ImmutableArray<ResourceStatus>>("statuses", store.PublishStatusesAsync, options.Retry, time, logger);
    }

    /// <summary>Of the session key; none by default.</summary>
    public Latest<SessionKeyProblem> SessionKeyProblems { get; init; } = new();

    /// <summary>Whether gateways have been offered something.</summary>
    public bool HasTranslated => Volatile.Read(ref lastGood) is not null;

    /// <summary>For one term; ends by cancellation.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops =
        [
            ReadSnapshotsAsync(ending.Token),
            TellAsync(hub.State, ending.Token),
            TellAsync(sessionKeys, ending.Token),
            TellAsync(SessionKeyProblems, ending.Token),
            TurnAsync(ending.Token),
            bundles.RunAsync(ending.Token),
            statuses.RunAsync(ending.Token),
        ];

        // None of them ends before it is told to. One that fails nevertheless is a fault of ours, and must end the process loudly.
        var first = await Task.WhenAny(loops).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);

        // A write that is still under way when a term is over would be one of an operator that leads no more.
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();
        await first.ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private async Task ReadSnapshotsAsync(CancellationToken stoppingToken)
    {
        for (var broken = 1; ; broken++)
        {
            try
            {
                await foreach (var snapshot in store.WatchAsync(stoppingToken).ConfigureAwait(false))
                {
                    broken = 1;
                    Volatile.Write(ref newest, snapshot);
                    changes.Writer.TryWrite(true);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Log.WatchFailed(logger, failure.Message);
            }

            await Task.Delay(options.Retry.After(broken, Random.Shared.NextDouble()), time, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>What is read anew in every turn.</summary>
    private async Task TellAsync<T>(Latest<T> values, CancellationToken stoppingToken)
        where T : class
    {
        await foreach (var _ in values.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            changes.Writer.TryWrite(true);
        }
    }

    private async Task TurnAsync(CancellationToken stoppingToken)
    {
        var again = LongestSleep;

        while (true)
        {
            await ChangeAsync(again, stoppingToken).ConfigureAwait(false);

            if (Volatile.Read(ref newest) is { } snapshot)
            {
                var started = time.GetTimestamp();
                again = Turn(snapshot, hub.State.Value ?? FleetState.Empty, time.GetUtcNow());

                // A large configuration and a chatty fleet together take half of one core, and no more.
                await Task.Delay(TimeSpan.FromTicks(Math.Max(options.MinimumInterval.Ticks, time.GetElapsedTime(started).Ticks)), time, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Returns when something changed, or after this long when nothing did.</summary>
    private async Task ChangeAsync(TimeSpan atMost, CancellationToken stoppingToken)
    {
        using var due = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stoppingToken);

        try
        {
            await changes.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>How long to wait for a change before time alone may have changed the result.</summary>
    private TimeSpan Turn(ResourceSnapshot snapshot, FleetState fleet, DateTimeOffset now)
    {
        try
        {
            var known = translation with { SessionKey = sessionKeys.Value, SessionKeyProblem = SessionKeyProblems.Value?.Message };
            var result = Translator.Translate(snapshot, fleet, lastGood, known, now);
            Volatile.Write(ref lastGood, result);

            // Gateways first, and without waiting: a removal of trust must not queue behind a slow write.
            hub.Offer(result.Configurations);
            bundles.Offer(result.Publication);
            statuses.Offer(ConditionComposer.Compose(snapshot, result, fleet, now));
            failures = 0;

            return Sleep(result.TranslateAgainAt, now);
        }
        catch (Exception fault)
        {
            // A fault of ours in one resource must not end what runs: everything stays at the last good, and the next turn tries again.
            var delay = options.Retry.After(++failures, Random.Shared.NextDouble());
            Log.TranslationFailed(logger, fault, delay);
            return delay;
        }
    }

    private static TimeSpan Sleep(DateTimeOffset? until, DateTimeOffset now) =>
        until is { } moment ? TimeSpan.FromTicks(Math.Clamp((moment - now).Ticks, 0, LongestSleep.Ticks)) : LongestSleep;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Reading resources failed and starts anew: {Problem}")]
        public static partial void WatchFailed(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "The translation failed; gateways, bundles and statuses stay at the last good. This is a fault in the operator, please report it. Trying again in {Delay} and at every change.")]
        public static partial void TranslationFailed(ILogger logger, Exception fault, TimeSpan delay);
    }
}
