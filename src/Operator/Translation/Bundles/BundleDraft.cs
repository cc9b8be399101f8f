using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>One TrustBundle compiled: what is to be in force. How it gets there is <see cref="BundleRollouts"/>' part.</summary>
internal sealed record BundleDraft
{
    public required ResourceKey Key { get; init; }

    public required TrustBundle Resource { get; init; }

    public required LastGood LastGood { get; init; }

    /// <summary>One for each source, in their order.</summary>
    public required ImmutableArray<SourceReading> Readings { get; init; }

    public required ImmutableArray<Problem> Problems { get; init; }

    /// <summary>By source name: what it holds now, or last held if it is broken.</summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<BundleMember>> Contributions { get; init; }

    /// <summary>Names of sources that are broken and stay at what they last held.</summary>
    public required ImmutableArray<string> HeldSources { get; init; }

    /// <summary>Every distinct certificate of the contributions, those that cannot be used included.</summary>
    public required ImmutableArray<BundleMember> Members { get; init; }

    public required BundleState State { get; init; }

    /// <summary>Anchors and intermediates that count now; empty unless the state is <see cref="BundleState.InForce"/>.</summary>
    public required ImmutableArray<BundleMember> Target { get; init; }
}
