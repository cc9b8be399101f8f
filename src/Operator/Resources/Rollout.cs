namespace Portcullis.Operator.Resources;

/// <summary>How a changed bundle takes effect.</summary>
public sealed record Rollout
{
    public Preflight? Preflight { get; init; }

    public string? PreflightTimeout { get; init; }

    public RemovalMode OnRemoval { get; init; } = RemovalMode.Drain;

    public string? DrainTimeout { get; init; }

    public string? ApprovedDigest { get; init; }
}
