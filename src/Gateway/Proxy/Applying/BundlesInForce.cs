using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Mounts;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>
/// All bundles at one moment, and the trust sets made of them. What has not changed since the moment before is the same object, so that
/// whoever holds it sees at a glance that nothing happened.
/// </summary>
internal sealed class BundlesInForce
{
    private readonly MountedBundles mounted;
    private readonly ImmutableSortedDictionary<ResourceKey, BundleInForce> bundles;
    private readonly Dictionary<string, MadeTrust> made = new(StringComparer.Ordinal);

    // Only one step back is kept: a chain of steps would never be freed.
    private readonly Dictionary<string, MadeTrust> madeBefore;

    private BundlesInForce(
        MountedBundles mounted, ImmutableSortedDictionary<ResourceKey, BundleInForce> bundles, Dictionary<string, MadeTrust> madeBefore)
    {
        this.mounted = mounted;
        this.bundles = bundles;
        this.madeBefore = madeBefore;
    }

    public static BundlesInForce Empty { get; } = new(MountedBundles.Empty, ImmutableSortedDictionary<ResourceKey, BundleInForce>.Empty, []);

    /// <summary>Bundles of the configuration that wait for a mount.</summary>
    public IEnumerable<EntryProblem> Pending => bundles.Values
        .Where(bundle => bundle.Entry is not null && !bundle.IsWhole)
        .Select(bundle => new EntryProblem(EntryKey.Bundle(bundle.Key), bundle.Missing()));

    public ImmutableArray<BundleReport> Report() =>
    [
        .. bundles.Values.Select(bundle => bundle.Report(mounted.Problems.GetValueOrDefault(bundle.Key))),
        .. mounted.Problems
            .Where(problem => !bundles.ContainsKey(problem.Key))
            .Select(problem => new BundleInForce(problem.Key, null, null).Report(problem.Value)),
    ];

    /// <summary>What follows; this very object when nothing changed.</summary>
    public BundlesInForce Next(IReadOnlyDictionary<ResourceKey, BundleEntry> entries, MountedBundles nowMounted)
    {
        var next = entries.Keys.Concat(nowMounted.Held.Keys).Distinct().ToImmutableSortedDictionary(
            key => key,
            key => Carried(key, entries.GetValueOrDefault(key), nowMounted.Held.GetValueOrDefault(key)));

        return ReferenceEquals(mounted, nowMounted) && next.Count == bundles.Count && next.Values.SequenceEqual(bundles.Values)
            ? this
            : new BundlesInForce(nowMounted, next, made);
    }

    /// <summary>The certificates a backend with these bundles may be verified against; a bundle that is missing adds none.</summary>
    public TrustSet TrustOf(ImmutableArray<ResourceKey> keys)
    {
        var name = string.Join(' ', keys);
        if (made.TryGetValue(name, out var known))
        {
            return known.Trust;
        }

        ImmutableArray<BundleInForce> parts = [.. keys.Select(key => bundles.GetValueOrDefault(key)).OfType<BundleInForce>()];
        var trust = madeBefore.TryGetValue(name, out var old) && old.Parts.SequenceEqual(parts) ? old : new MadeTrust(parts, Make(parts));
        made[name] = trust;

        return trust.Trust;
    }

    public DrainRule DrainOf(ImmutableArray<ResourceKey> keys, DrainRule? held) =>
        DrainRule.StrictestOf(keys.Select(key => bundles.GetValueOrDefault(key)?.Entry).OfType<BundleEntry>(), held);

    /// <summary>What a route with these bundles still waits for; null when nothing.</summary>
    public string? MissingFor(IEnumerable<ResourceKey> keys) =>
        keys.Select(key => bundles.GetValueOrDefault(key)).FirstOrDefault(bundle => bundle is { Entry: not null, IsWhole: false })?.Missing();

    private static TrustSet Make(ImmutableArray<BundleInForce> parts) =>
        TrustSet.Of(parts.Select(part => (part.Key, part.Mounted?.Certificates ?? [], part.Listed)));

    private BundleInForce Carried(ResourceKey key, BundleEntry? entry, MountedBundle? held) =>
        bundles.TryGetValue(key, out var known) && known.IsOf(entry, held) ? known : new BundleInForce(key, entry, held);

    private sealed record MadeTrust(ImmutableArray<BundleInForce> Parts, TrustSet Trust);
}
