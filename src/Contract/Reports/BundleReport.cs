namespace Portcullis.Contract.Reports;

/// <summary>One bundle as a gateway holds it.</summary>
public sealed record BundleReport
{
    public required ResourceKey Bundle { get; init; }

    /// <summary>Digest of the mounted bytes that are held; null when none ever were.</summary>
    public Digest? Mounted { get; init; }

    /// <summary>How many anchors are both mounted and listed in the pushed configuration.</summary>
    public required int AnchorsInForce { get; init; }

    /// <summary>Why the mounted file is not what is held, in one line; null when it is.</summary>
    public string? Problem { get; init; }
}
