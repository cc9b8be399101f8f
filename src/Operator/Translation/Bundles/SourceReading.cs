using System.Collections.Immutable;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>The certificates of one source, or why they cannot be had.</summary>
public sealed record SourceReading
{
    public SourceReading(string name, ImmutableArray<BundleMember> members)
    {
        Name = name;
        Members = members;
    }

    public SourceReading(string name, Problem problem)
    {
        Name = name;
        Problem = problem;
    }

    public string Name { get; }

    /// <summary>What was read, as declared.</summary>
    public TrustSource? Source { get; init; }

    /// <summary>Where it was read: the very ConfigMap, Secret or text. Null when there was nothing to read.</summary>
    public object? Origin { get; init; }

    public ImmutableArray<BundleMember> Members { get; } = [];

    /// <summary>Null when the source was read; whatever it held before then counts no more.</summary>
    public Problem? Problem { get; }
}
