using System.Collections.Immutable;
using Portcullis.Operator.Leading;

namespace Portcullis.Operator.Hosting;

/// <summary>The cluster as this replica reads it for as long as the process lives, whoever leads.</summary>
internal sealed record ClusterSource
{
    /// <summary>Keeps reading; ends only by cancellation.</summary>
    public required Func<CancellationToken, Task> RunAsync { get; init; }

    /// <summary>Ends when everything has answered once.</summary>
    public required Task Synced { get; init; }

    /// <summary>What has not answered yet, in words.</summary>
    public required Func<ImmutableArray<string>> Awaited { get; init; }

    /// <summary>Makes the parts of a term.</summary>
    public required Func<Term, TermParts> Begin { get; init; }
}
