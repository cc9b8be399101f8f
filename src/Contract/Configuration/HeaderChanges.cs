using System.Collections.Immutable;

namespace Portcullis.Contract.Configuration;

/// <summary>Header fields that are set, then added, then removed.</summary>
public sealed record HeaderChanges
{
    public ImmutableArray<HeaderField> Set { get; init; } = [];

    public ImmutableArray<HeaderField> Add { get; init; } = [];

    public ImmutableArray<string> Remove { get; init; } = [];
}
