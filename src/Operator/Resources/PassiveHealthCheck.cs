namespace Portcullis.Operator.Resources;

/// <summary>Requests in passing that count as probes.</summary>
public sealed record PassiveHealthCheck
{
    public required PassiveHealthCheckType Type { get; init; }
}
