using System.Collections.Immutable;
using Portcullis.Contract.Configuration;

namespace Portcullis.Contract.Reports;

/// <summary>The acknowledgement of one configuration, with the exceptions from it.</summary>
public sealed record AppliedConfiguration
{
    public required long Epoch { get; init; }

    public required long Sequence { get; init; }

    public required Digest Revision { get; init; }

    /// <summary>Entries that are not understood or cannot be run; what served before them serves on.</summary>
    public ImmutableArray<EntryProblem> Refused { get; init; } = [];

    /// <summary>Entries that wait for a bundle to be mounted; what served before them serves on, less removed anchors.</summary>
    public ImmutableArray<EntryProblem> Pending { get; init; } = [];
}
