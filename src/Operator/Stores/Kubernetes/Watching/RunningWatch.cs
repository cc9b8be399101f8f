using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>A reflector at work, and how to end it.</summary>
internal sealed class RunningWatch
{
    private readonly CancellationTokenSource stopping;
    private readonly Task task;

    private RunningWatch(IReflector reflector, TaskCompletionSource failed, CancellationTokenSource stopping)
    {
        (Reflector, this.stopping) = (reflector, stopping);
        task = RunAsync(failed);
    }

    public IReflector Reflector { get; }

    /// <summary>A timestamp; null while it is wanted.</summary>
    public long? UnwantedSince { get; set; }

    /// <param name="reflector">Ends with the token.</param>
    /// <param name="failed">Learns why, if it ends otherwise.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static RunningWatch Start(IReflector reflector, TaskCompletionSource failed, CancellationToken cancellationToken) =>
        new(reflector, failed, CancellationTokenSource.CreateLinkedTokenSource(cancellationToken));

    public async Task StopAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await task.ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task RunAsync(TaskCompletionSource failed)
    {
        try
        {
            await Reflector.RunAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Nobody wants it any more.
        }
        catch (Exception fault)
        {
            // The supervisor throws it: this task is awaited only when it is stopped.
            failed.TrySetException(fault);
        }
    }
}
