namespace Portcullis.Operator.Resources;

/// <summary>How unhealthy endpoints are noticed.</summary>
public sealed record HealthCheck
{
    public ActiveHealthCheck? Active { get; init; }

    public PassiveHealthCheck? Passive { get; init; }
}
