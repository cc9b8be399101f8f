using System.Collections.Immutable;

namespace Portcullis.Contract.Configuration;

/// <summary>All of its parts must hold. Semantics as HTTPRouteMatch of Gateway API.</summary>
public sealed record RouteMatch
{
    public required PathMatch Path { get; init; }

    /// <summary>Null when any method matches.</summary>
    public string? Method { get; init; }

    public ImmutableArray<NameValueMatch> Headers { get; init; } = [];

    public ImmutableArray<NameValueMatch> QueryParameters { get; init; } = [];
}
