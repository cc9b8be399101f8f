namespace Portcullis.Operator.Resources;

/// <summary>As metav1.Condition.</summary>
public sealed record Condition
{
    public required string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    public required string Status { get; init; }

    public required string Reason { get; init; }

    public required string Message { get; init; }

    public long ObservedGeneration { get; init; }

    /// <summary>When the status last changed; kept while it does not.</summary>
    public DateTimeOffset LastTransitionTime { get; init; }
}
