using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>Which requests go to which backends, and what is changed on the way.</summary>
public sealed record Rule
{
    public required string Name { get; init; }

    /// <summary>Empty means every path.</summary>
    public ImmutableArray<Match> Matches { get; init; } = [];

    public ImmutableArray<Filter> Filters { get; init; } = [];

    public ImmutableArray<BackendRef> BackendRefs { get; init; } = [];

    public EncodedSlashes EncodedSlashes { get; init; }

    public RuleTimeouts? Timeouts { get; init; }

    public RetryPolicy? Retry { get; init; }
}
