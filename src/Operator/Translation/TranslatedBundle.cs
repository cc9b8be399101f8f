using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Translation.Bundles;

namespace Portcullis.Operator.Translation;

/// <summary>What became of one TrustBundle, and what the next translation must remember of it.</summary>
public sealed record TranslatedBundle
{
    public required ResourceKey Key { get; init; }

    /// <summary>Tells a bundle from a later one of the same name; null in a folder.</summary>
    public string? Uid { get; init; }

    public required BundleState State { get; init; }

    public required ImmutableArray<Problem> Problems { get; init; }

    /// <summary>Every distinct certificate of its sources, those that cannot be used included: anchors, intermediates, others.</summary>
    public required ImmutableArray<BundleMember> Members { get; init; }

    /// <summary>By source name: what it holds now, or last held if it is broken.</summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<BundleMember>> Contributions { get; init; }

    /// <summary>Names of sources that are broken and stay at what they last held (P3).</summary>
    public ImmutableArray<string> HeldSources { get; init; } = [];

    /// <summary>One for each source, in their order, so that what has not changed need not be read again.</summary>
    public ImmutableArray<SourceReading> Readings { get; init; } = [];

    /// <summary>What is to be mounted; null when nothing of the bundle may be in force.</summary>
    public CompiledBundle? Published { get; init; }

    /// <summary>The certificates of <see cref="Published"/>.</summary>
    public ImmutableArray<BundleMember> PublishedMembers { get; init; } = [];

    /// <summary>The anchors that may be used, as pushed, ordered.</summary>
    public ImmutableArray<Digest> Pushed { get; init; } = [];

    /// <summary>Null when no change is on its way.</summary>
    public BundleRollout? Rollout { get; init; }

    /// <summary>The routes that refer to it.</summary>
    public ImmutableArray<ResourceKey> Consumers { get; init; } = [];

    /// <summary>Names of the gateways that serve them.</summary>
    public ImmutableArray<string> Gateways { get; init; } = [];
}
