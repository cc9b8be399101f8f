using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;

namespace Portcullis.Gateway.Mounts;

/// <summary>One bundle as it is held: the last good content of its file.</summary>
internal sealed record MountedBundle
{
    public required ResourceKey Key { get; init; }

    /// <summary>Of the file's bytes.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Every certificate of the file. Never disposed: a chain build may be running over them.</summary>
    public required ImmutableArray<X509Certificate2> Certificates { get; init; }

    /// <summary>Why the file as it is now was not taken, in one line; null when it was.</summary>
    public string? Problem { get; init; }
}
