namespace Portcullis.Operator.Resources;

/// <summary>A Secret in the resource's own namespace.</summary>
public sealed record SecretRef
{
    public required string Name { get; init; }
}
