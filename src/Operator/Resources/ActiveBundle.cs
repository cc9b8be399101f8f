namespace Portcullis.Operator.Resources;

/// <summary>The bundle in force.</summary>
public sealed record ActiveBundle
{
    public required string Digest { get; init; }

    public required int Anchors { get; init; }

    public required int Intermediates { get; init; }

    public required int SizeBytes { get; init; }
}
