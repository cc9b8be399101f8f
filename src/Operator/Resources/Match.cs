using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>All parts that are set must match.</summary>
public sealed record Match
{
    /// <summary>Null means the prefix <c>/</c>.</summary>
    public PathSpec? Path { get; init; }

    public ImmutableArray<NameValue> Headers { get; init; } = [];

    public ImmutableArray<NameValue> QueryParams { get; init; } = [];

    public string? Method { get; init; }
}
