namespace Portcullis.Operator.Resources;

/// <summary>One certificate found in the sources.</summary>
public sealed record BundleCertificate
{
    /// <summary>Anchor, Intermediate or Ignored.</summary>
    public required string Role { get; init; }

    /// <summary>Why it is ignored; null when it is not.</summary>
    public string? Reason { get; init; }

    public required string Subject { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Name of the source it came from.</summary>
    public required string Source { get; init; }
}
