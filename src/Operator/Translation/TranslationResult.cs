using System.Collections.Immutable;
using Portcullis.Contract.Configuration;

namespace Portcullis.Operator.Translation;

/// <summary>All that follows from one snapshot.</summary>
public sealed record TranslationResult
{
    /// <summary>By name of the declared gateway; each holds only entries that name it.</summary>
    public required ImmutableSortedDictionary<string, GatewayConfiguration> Configurations { get; init; }

    /// <summary>What is to be mounted.</summary>
    public required ImmutableArray<CompiledBundle> Bundles { get; init; }
}
