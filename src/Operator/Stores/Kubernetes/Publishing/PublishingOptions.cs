using Portcullis.Contract;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>Who publishes, and how hard it tries.</summary>
internal sealed record PublishingOptions
{
    /// <summary>The operator's own pod, named in events.</summary>
    public required string PodName { get; init; }

    /// <summary>Whether gateway pods are annotated so that the kubelet mounts at once; false needs no permission on pods.</summary>
    public bool TouchPods { get; init; } = true;

    /// <summary>How many statuses are written at once.</summary>
    public int StatusLanes { get; init; } = 8;

    /// <summary>Waits of one object that could not be written.</summary>
    public Backoff Retry { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));
}
