using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Gateway.Mounts;

/// <summary>Everything that is mounted at one moment. A bundle without a good content so far is in <see cref="Problems"/> only.</summary>
internal sealed record MountedBundles
{
    public static MountedBundles Empty { get; } = new();

    public ImmutableSortedDictionary<ResourceKey, MountedBundle> Held { get; init; } = ImmutableSortedDictionary<ResourceKey, MountedBundle>.Empty;

    /// <summary>One line for each bundle whose file cannot be used and never could.</summary>
    public ImmutableSortedDictionary<ResourceKey, string> Problems { get; init; } = ImmutableSortedDictionary<ResourceKey, string>.Empty;
}
