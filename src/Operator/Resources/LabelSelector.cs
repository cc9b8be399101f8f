using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>Selects by exact labels.</summary>
public sealed record LabelSelector
{
    public ImmutableDictionary<string, string> MatchLabels { get; init; } = ImmutableDictionary<string, string>.Empty;
}
