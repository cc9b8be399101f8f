using System.Collections.Immutable;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>The certificates of one source, or why they cannot be had.</summary>
internal sealed record SourceReading
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

    public ImmutableArray<BundleMember> Members { get; } = [];

    /// <summary>Null when the source was read; whatever it held before then counts no more.</summary>
    public Problem? Problem { get; }
}
