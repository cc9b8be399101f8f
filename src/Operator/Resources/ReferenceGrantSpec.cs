using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>Who may refer to what.</summary>
public sealed record ReferenceGrantSpec
{
    public required ImmutableArray<ReferenceGrantFrom> From { get; init; }

    public required ImmutableArray<ReferenceGrantTo> To { get; init; }
}
