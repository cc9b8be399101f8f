namespace Portcullis.Operator.Resources;

/// <summary>Probes sent to every endpoint.</summary>
public sealed record ActiveHealthCheck
{
    public required string Path { get; init; }

    public string? Interval { get; init; }

    public string? Timeout { get; init; }
}
