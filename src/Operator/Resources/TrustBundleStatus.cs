using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

public sealed record TrustBundleStatus
{
    public long ObservedGeneration { get; init; } = -1;

    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>What is in force; null when nothing ever was.</summary>
    public ActiveBundle? Active { get; init; }

    /// <summary>What is on its way; null when nothing is.</summary>
    public CandidateBundle? Candidate { get; init; }

    /// <summary>At most 64.</summary>
    public ImmutableArray<BundleCertificate> Certificates { get; init; } = [];

    public int CertificateCount { get; init; }

    /// <summary>How many routes refer to this bundle.</summary>
    public int Consumers { get; init; }

    public string? ProgrammedReplicas { get; init; }

    public DateTimeOffset? EarliestExpiry { get; init; }
}

public sealed record ActiveBundle
{
    public required string Digest { get; init; }

    public required int Anchors { get; init; }

    public required int Intermediates { get; init; }

    public required int SizeBytes { get; init; }
}

public sealed record CandidateBundle
{
    public required string Digest { get; init; }

    /// <summary>Distributing.</summary>
    public required string State { get; init; }

    /// <summary>SHA-256 of anchors that come.</summary>
    public ImmutableArray<string> Added { get; init; } = [];

    /// <summary>SHA-256 of anchors that go.</summary>
    public ImmutableArray<string> Removed { get; init; } = [];
}

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
