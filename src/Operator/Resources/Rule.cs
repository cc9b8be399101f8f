using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

public sealed record Rule
{
    public required string Name { get; init; }

    /// <summary>Empty means every path.</summary>
    public ImmutableArray<Match> Matches { get; init; } = [];

    public ImmutableArray<Filter> Filters { get; init; } = [];

    public ImmutableArray<BackendRef> BackendRefs { get; init; } = [];

    public RuleTimeouts? Timeouts { get; init; }

    public RetryPolicy? Retry { get; init; }
}

public sealed record BackendRef
{
    public required string Name { get; init; }

    public int Weight { get; init; } = 1;
}

/// <summary>Durations as Gateway API writes them: <c>10s</c>, <c>1m30s</c>, <c>100ms</c>.</summary>
public sealed record RuleTimeouts
{
    public string? Request { get; init; }

    public string? BackendRequest { get; init; }
}

public sealed record RetryPolicy
{
    public ImmutableArray<int> Codes { get; init; } = [];

    public int? Attempts { get; init; }

    public string? Backoff { get; init; }
}
