namespace Portcullis.Operator.Resources;

/// <summary>What may be referred to in the grant's own namespace.</summary>
public sealed record ReferenceGrantTo
{
    public required string Group { get; init; }

    public required string Kind { get; init; }

    /// <summary>Null means every resource of the kind in the grant's namespace.</summary>
    public string? Name { get; init; }
}
