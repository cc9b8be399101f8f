namespace Portcullis.Operator.Resources;

/// <summary>A Service and one of its ports.</summary>
public sealed record ServiceRef
{
    public required string Name { get; init; }

    public string? Namespace { get; init; }

    public required int Port { get; init; }
}
