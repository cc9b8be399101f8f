namespace Portcullis.Operator.Resources;

/// <summary>Durations as Gateway API writes them: <c>10s</c>, <c>1m30s</c>, <c>100ms</c>.</summary>
public sealed record RuleTimeouts
{
    public string? Request { get; init; }

    public string? BackendRequest { get; init; }
}
