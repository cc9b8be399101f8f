namespace Portcullis.Operator.Resources;

/// <summary>Maps the backend's own addresses in responses back to public ones.</summary>
public sealed record ReverseMapping
{
    public Mapping Location { get; init; } = Mapping.Rewrite;

    public Mapping Cookies { get; init; } = Mapping.Rewrite;
}
