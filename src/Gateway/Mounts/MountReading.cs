using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Gateway.Mounts;

/// <summary>What one look at all mounted directories gave.</summary>
internal sealed record MountReading
{
    public ImmutableSortedDictionary<ResourceKey, FileReading> Files { get; init; } = ImmutableSortedDictionary<ResourceKey, FileReading>.Empty;

    /// <summary>By path: directories that cannot be listed and files whose name is no bundle's.</summary>
    public ImmutableSortedDictionary<string, string> PathProblems { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
