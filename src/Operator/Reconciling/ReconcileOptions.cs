using Portcullis.Contract;

namespace Portcullis.Operator.Reconciling;

/// <summary>How often the loop turns, and how it waits after a failure.</summary>
internal sealed record ReconcileOptions
{
    /// <summary>Changes within this time are one turn.</summary>
    public TimeSpan MinimumInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public Backoff Retry { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));
}
