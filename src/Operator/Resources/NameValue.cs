namespace Portcullis.Operator.Resources;

/// <summary>A name with its value.</summary>
public sealed record NameValue
{
    public required string Name { get; init; }

    public required string Value { get; init; }
}
