using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>What was observed of one bundle.</summary>
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
