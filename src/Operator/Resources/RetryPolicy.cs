using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>When and how often a failed request is tried again.</summary>
public sealed record RetryPolicy
{
    public ImmutableArray<int> Codes { get; init; } = [];

    public int? Attempts { get; init; }

    public string? Backoff { get; init; }
}
