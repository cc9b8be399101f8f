using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Translation.Routes;

namespace Portcullis.Operator.Translation;

/// <summary>What became of one BackendRoute.</summary>
public sealed record TranslatedRoute
{
    public required ResourceKey Key { get; init; }

    public required ImmutableArray<Problem> Problems { get; init; }

    /// <summary>Names of the gateways that are sent an entry of it; empty when it owns no hostname anywhere.</summary>
    public required ImmutableArray<string> Gateways { get; init; }

    /// <summary>By backend that is forwarded to: its endpoints as gateways report them, <c>host:port</c>.</summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<string>> Endpoints { get; init; }

    /// <summary>What it stays at while something that it needs has not been read yet; null when nothing can be remembered of it.</summary>
    internal RouteDraft? Draft { get; init; }
}
