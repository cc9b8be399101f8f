namespace Portcullis.Operator.Resources;

/// <summary>One key of a ConfigMap or Secret in the bundle's own namespace; never guessed.</summary>
public sealed record SourceKey
{
    public required string Name { get; init; }

    public string Key { get; init; } = "ca.crt";
}
