using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>
/// Which bundles one gateway is sent, and since when no route needs them. A route that moves to another bundle serves on under the old one until the new
/// one is mounted, so the old one stays for as long as a gateway waits; a TrustBundle that was deleted does not (P3).
/// </summary>
public sealed record BundleUse
{
    /// <summary>As long as gateways let a route wait for its bundle.</summary>
    public static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(2);

    public static BundleUse None { get; } = new();

    public ImmutableSortedSet<ResourceKey> Used { get; private init; } = [];

    /// <summary>Since when nothing uses them.</summary>
    public ImmutableSortedDictionary<ResourceKey, DateTimeOffset> Left { get; private init; } = ImmutableSortedDictionary<ResourceKey, DateTimeOffset>.Empty;

    public IEnumerable<ResourceKey> All => Used.Concat(Left.Keys).Order();

    /// <summary>When the next of them has been kept for long enough; null when none is kept.</summary>
    public DateTimeOffset? NextChange => Left.Values.Select(since => (DateTimeOffset?)(since + Afterwards)).Min();

    /// <param name="used">By a route of this gateway, now.</param>
    /// <param name="existing">A deleted one does not stay.</param>
    /// <param name="now">Begins and ends the time afterwards.</param>
    public BundleUse Next(IEnumerable<ResourceKey> used, IReadOnlySet<ResourceKey> existing, DateTimeOffset now)
    {
        ImmutableSortedSet<ResourceKey> present = [.. used];
        var left = Used.Except(present).Select(bundle => KeyValuePair.Create(bundle, now)).Concat(Left)
            .Where(pair => !present.Contains(pair.Key) && existing.Contains(pair.Key) && now - pair.Value < Afterwards);

        return new BundleUse { Used = present, Left = left.ToImmutableSortedDictionary() };
    }
}
