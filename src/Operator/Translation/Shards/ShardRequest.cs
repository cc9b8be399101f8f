using System.Collections.Immutable;

namespace Portcullis.Operator.Translation.Shards;

/// <summary>One bundle that is to be published.</summary>
internal sealed record ShardRequest
{
    /// <summary>The oldest is asked first.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>What may be published, what is wanted most first.</summary>
    public required ImmutableArray<TranslatedBundle> Candidates { get; init; }

    /// <summary>What stays when there is room for none of them; null when nothing of the bundle was published.</summary>
    public TranslatedBundle? Unmoved { get; init; }

    public TranslatedBundle Wanted => Candidates[0];
}
