using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

public sealed record Match
{
    /// <summary>Null means the prefix <c>/</c>.</summary>
    public PathSpec? Path { get; init; }

    public ImmutableArray<NameValue> Headers { get; init; } = [];

    public ImmutableArray<NameValue> QueryParams { get; init; } = [];

    public string? Method { get; init; }
}

public sealed record PathSpec
{
    public PathType Type { get; init; } = PathType.PathPrefix;

    public string Value { get; init; } = "/";
}

public enum PathType
{
    Exact,
    PathPrefix,
}

public sealed record NameValue
{
    public required string Name { get; init; }

    public required string Value { get; init; }
}
