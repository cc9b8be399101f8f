using Portcullis.Contract;

namespace Portcullis.Operator.Leading;

/// <summary>Which Lease is competed for, by whom, and at what pace.</summary>
internal sealed record ElectionOptions
{
    /// <summary>The Lease.</summary>
    public required ResourceKey Lease { get; init; }

    /// <summary>Of this process alone: one that restarts under the same pod name is somebody else.</summary>
    public required string Identity { get; init; }

    /// <summary>A Lease that has not changed for this long may be taken.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A leader that could not renew for this long leads no more. What is left of the Lease is its time to stop.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at the Lease, and between two renewals.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A request that hangs must leave time for another one before the deadline.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(4);

    public TimeSpan TimeToStop => LeaseDuration - RenewDeadline;

    public static string IdentityOf(string podName) => $"{podName}_{Guid.NewGuid():N}";
}
