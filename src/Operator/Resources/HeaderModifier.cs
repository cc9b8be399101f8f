using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>Sets, adds, then removes header fields.</summary>
public sealed record HeaderModifier
{
    public ImmutableArray<NameValue> Set { get; init; } = [];

    public ImmutableArray<NameValue> Add { get; init; } = [];

    public ImmutableArray<string> Remove { get; init; } = [];
}
