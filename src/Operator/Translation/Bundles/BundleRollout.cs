using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>A change of a bundle that is on its way: new anchors are mounted first, old ones leave when the new ones are there.</summary>
public sealed record BundleRollout
{
    /// <summary>New anchors that not every gateway has mounted yet, each with the moment it was first asked for.</summary>
    public required ImmutableSortedDictionary<Digest, DateTimeOffset> Arriving { get; init; }

    /// <summary>Anchors to be removed that wait for the new ones, each with the moment its removal was first asked for.</summary>
    public required ImmutableSortedDictionary<Digest, DateTimeOffset> Leaving { get; init; }

    /// <summary>Of the bundle as it will be.</summary>
    public required Digest Target { get; init; }
}
