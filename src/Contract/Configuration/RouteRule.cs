using System.Collections.Immutable;

namespace Portcullis.Contract.Configuration;

/// <summary>Which requests a rule takes and what becomes of them.</summary>
public sealed record RouteRule
{
    public required string Name { get; init; }

    /// <summary>Any of them; never empty.</summary>
    public required ImmutableArray<RouteMatch> Matches { get; init; }

    public required RuleAction Action { get; init; }

    /// <summary>Null when nothing is changed on the way.</summary>
    public RuleFilters? Filters { get; init; }

    /// <summary>From the request's first byte to the response's last; null when the route sets none.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>One attempt, from its first byte sent to the response's last; null when the route sets none.</summary>
    public TimeSpan? BackendRequestTimeout { get; init; }

    /// <summary>True: a path with an encoded slash is passed as it is where both readings of it lead to this rule. Null: it is refused.</summary>
    public bool? KeepsEncodedSlashes { get; init; }

    /// <summary>Null when a failed request is not sent again.</summary>
    public RetryRule? Retry { get; init; }
}
