namespace Portcullis.Operator.Resources;

/// <summary>A path and how it is compared.</summary>
public sealed record PathSpec
{
    public PathType Type { get; init; } = PathType.PathPrefix;

    public string Value { get; init; } = "/";
}
