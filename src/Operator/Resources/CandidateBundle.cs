using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>The bundle on its way, and how it differs from the one in force.</summary>
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
