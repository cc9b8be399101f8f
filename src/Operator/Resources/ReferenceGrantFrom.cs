namespace Portcullis.Operator.Resources;

/// <summary>A kind of resource in one namespace that may refer.</summary>
public sealed record ReferenceGrantFrom
{
    public required string Group { get; init; }

    public required string Kind { get; init; }

    public required string Namespace { get; init; }
}
