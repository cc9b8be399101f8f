using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>Keeps exactly the wanted watches running; one that nobody wants any more goes on for a grace.</summary>
internal sealed class WatchSupervisor(Picture picture, Func<WatchTarget, IReflector> reflectorOf, TimeSpan grace, TimeProvider time)
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private readonly Dictionary<WatchTarget, RunningWatch> running = [];

    // A reflector ends only when it is told to. One that fails nevertheless is a fault of ours, and must end the process loudly.
    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var wanted = picture.Wanted;

                // Ends come first: a kind that is read in another version from now on must not lose what the new watch brings to the old one's end.
                foreach (var target in running.Keys.Where(target => !wanted.Contains(target)).ToArray())
                {
                    await ReleaseAsync(target).ConfigureAwait(false);
                }

                foreach (var target in wanted)
                {
                    Keep(target, cancellationToken);
                }

                await ChangeAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll(running.Values.Select(watch => watch.StopAsync())).ConfigureAwait(false);
            running.Clear();
        }
    }

    private async Task ReleaseAsync(WatchTarget target)
    {
        var watch = running[target];
        watch.UnwantedSince ??= time.GetTimestamp();

        if (target.EndsAtOnce || time.GetElapsedTime(watch.UnwantedSince.Value) >= grace)
        {
            running.Remove(target);
            await watch.StopAsync().ConfigureAwait(false);
            watch.Reflector.Withdraw();
        }
    }

    private void Keep(WatchTarget target, CancellationToken cancellationToken)
    {
        if (running.TryGetValue(target, out var watch))
        {
            watch.UnwantedSince = null;
            return;
        }

        running[target] = RunningWatch.Start(reflectorOf(target), failed, cancellationToken);
    }

    /// <summary>Returns when other watches may be wanted, or the grace of one is over.</summary>
    private async Task ChangeAsync(CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource(NextEnd(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        var change = picture.WantedChanges.ReadAsync(either.Token).AsTask();

        await Task.WhenAny(change, failed.Task).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);

        try
        {
            await change.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Somebody's grace is over, or a reflector failed.
            await (failed.Task.IsCompleted ? failed.Task : Task.CompletedTask).ConfigureAwait(false);
        }
    }

    private TimeSpan NextEnd() => running.Values
        .Select(watch => watch.UnwantedSince is { } since ? grace - time.GetElapsedTime(since) : LongestSleep)
        .Append(LongestSleep)
        .Min() is var next && next > TimeSpan.Zero ? next : TimeSpan.FromMilliseconds(1);
}
