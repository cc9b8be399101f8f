namespace Portcullis.Operator.Resources;

/// <summary>A union by type: exactly the field that belongs to the type is set.</summary>
public sealed record PathModifier
{
    public required PathModifierType Type { get; init; }

    public string? ReplaceFullPath { get; init; }

    public string? ReplacePrefixMatch { get; init; }
}
