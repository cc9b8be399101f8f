using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;

namespace Portcullis.Gateway.Trust;

/// <summary>
/// The certificates in force for one backend: of each of its bundles those that are mounted and listed in the pushed configuration (P2).
/// Immutable; its certificates are never disposed, since a chain build may still be running over them.
/// </summary>
internal sealed class TrustSet
{
    public static TrustSet Empty { get; } = new();

    /// <summary>Self-issued certificates that may end a chain.</summary>
    public ImmutableArray<X509Certificate2> Anchors { get; private init; } = [];

    /// <summary>Other CA certificates of the bundles: they help to build, they never anchor.</summary>
    public ImmutableArray<X509Certificate2> Intermediates { get; private init; } = [];

    /// <summary>The bundles this was made of, for evidence.</summary>
    public ImmutableArray<ResourceKey> Bundles { get; private init; } = [];

    public bool IsEmpty => Anchors.IsEmpty;

    /// <summary>Mounted certificates of each bundle with the anchors its pushed list allows.</summary>
    public static TrustSet Of(IEnumerable<(ResourceKey Bundle, ImmutableArray<X509Certificate2> Mounted, ImmutableHashSet<Digest> Allowed)> bundles) =>
        throw new NotImplementedException();
}
