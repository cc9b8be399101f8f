using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;

/// <summary>Touches each gateway pod that has not reported what is published, a few times, until it reports. Pods do not wait for each other.</summary>
internal sealed partial class PodTouches(LeaderWrites writes, TimeProvider time, ILogger logger)
{
    private static readonly ImmutableArray<TimeSpan> Schedule = [TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30)];
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly Latest<Awaited> newest = new();
    private readonly ConcurrentDictionary<string, long> lastTouch = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> forbidden = new(StringComparer.Ordinal);

    /// <summary>Returns at once. Pods that are not among these are left alone from now on.</summary>
    /// <param name="pods">For which the shards were written.</param>
    /// <param name="writes">By namespace: another number is another wait, because the kubelet has something new to fetch.</param>
    public void Offer(ImmutableArray<AwaitedPod> pods, ImmutableDictionary<string, long> writes) =>
        newest.Offer(new Awaited([.. pods.Select(pod => new Wait(pod, writes.GetValueOrDefault(pod.Pod.Namespace)))]));

    /// <summary>Ends only by cancellation.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        var running = new Dictionary<Wait, Series>();

        try
        {
            await foreach (var awaited in newest.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                await FollowAsync(awaited.Waits, running, stoppingToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var series in running.Values)
            {
                await series.EndAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task FollowAsync(ImmutableHashSet<Wait> awaited, Dictionary<Wait, Series> running, CancellationToken stoppingToken)
    {
        foreach (var over in running.Keys.Where(wait => !awaited.Contains(wait)).ToList())
        {
            running.Remove(over, out var series);
            await series!.EndAsync().ConfigureAwait(false);
        }

        foreach (var wait in awaited.Where(wait => !running.ContainsKey(wait)))
        {
            var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            running[wait] = new Series(TouchAsync(wait.Pod, end.Token), end);
        }

        // Only a pod that is awaited again within the pause is remembered for it.
        foreach (var rested in lastTouch.Where(touch => time.GetElapsedTime(touch.Value) >= ShortestPause).ToList())
        {
            lastTouch.TryRemove(rested);
        }
    }

    private async Task TouchAsync(AwaitedPod pod, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();

        try
        {
            foreach (var due in Schedule)
            {
                await DelayAsync(due - time.GetElapsedTime(began), cancellationToken).ConfigureAwait(false);

                if (lastTouch.TryGetValue(pod.Uid, out var last))
                {
                    await DelayAsync(ShortestPause - time.GetElapsedTime(last), cancellationToken).ConfigureAwait(false);
                }

                lastTouch[pod.Uid] = time.GetTimestamp();

                if (!await TouchOnceAsync(pod, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The pod has reported, is gone, or is awaited for something newer.
        }
        catch (NotLeadingException)
        {
            // The new leader touches.
        }
    }

    /// <summary>Whether a later touch makes sense.</summary>
    private async Task<bool> TouchOnceAsync(AwaitedPod pod, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await writes.SendAsync(TouchPatch.Of(pod, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
            return answer is ApiAnswer.Refused { Refusal: var refusal } ? MayTryLater(pod, refusal) : Touched(pod);
        }
        catch (Exception unanswered) when (unanswered is not NotLeadingException && !cancellationToken.IsCancellationRequested)
        {
            // Touching only hastens what the kubelet does anyway.
            Log.NotTouched(logger, pod.Pod, unanswered.Message);
            return true;
        }
    }

    private bool Touched(AwaitedPod pod)
    {
        forbidden.TryRemove(pod.Pod.Namespace, out _);
        Log.Touched(logger, pod.Pod);
        return true;
    }

    private bool MayTryLater(AwaitedPod pod, ApiRefusal refusal)
    {
        if (refusal.IsForbidden())
        {
            if (forbidden.TryAdd(pod.Pod.Namespace, true))
            {
                Log.Forbidden(logger, pod.Pod.Namespace, refusal);
            }

            return false;
        }

        Log.NotTouched(logger, pod.Pod, refusal);

        // A uid that is another one by now is a conflict, or a field that must not change: servers differ.
        return !refusal.IsGone() && !refusal.IsStale() && refusal.Code != HttpStatusCode.UnprocessableEntity;
    }

    private Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;

    private sealed record Awaited(ImmutableHashSet<Wait> Waits);

    private sealed record Wait(AwaitedPod Pod, long Writes);

    private sealed record Series(Task Touching, CancellationTokenSource End)
    {
        public async Task EndAsync()
        {
            await End.CancelAsync().ConfigureAwait(false);

            // A request may fail in the very moment it is cancelled, and then in its own words. Touching only hastens; it must not end the term.
            await Touching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            End.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Touched pod {Pod}, which has not reported the bundles that are published.")]
        public static partial void Touched(ILogger logger, ResourceKey pod);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Could not touch pod {Pod}: {Problem}")]
        public static partial void NotTouched(ILogger logger, ResourceKey pod, object problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The operator may not annotate pods in namespace {Namespace}; new certificates reach their gateways when the kubelet looks by itself, after up to 90 s. Grant patch on pods by the chart's Role (helm upgrade), or set touchPods to false in the operator's options. {Refusal}")]
        public static partial void Forbidden(ILogger logger, string @namespace, ApiRefusal refusal);
    }
}
