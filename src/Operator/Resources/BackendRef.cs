namespace Portcullis.Operator.Resources;

/// <summary>A backend of the same route by name, with its share of the requests.</summary>
public sealed record BackendRef
{
    public required string Name { get; init; }

    public int Weight { get; init; } = 1;
}
