using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Mounts;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>One bundle as both channels have it: what is mounted and what the pushed configuration lists (P2).</summary>
internal sealed class BundleInForce
{
    private readonly int anchorsInForce;

    /// <param name="key">The bundle.</param>
    /// <param name="entry">Null when the configuration does not have it: nothing of it may be used.</param>
    /// <param name="mounted">Null when it was never mounted in a usable form.</param>
    public BundleInForce(ResourceKey key, BundleEntry? entry, MountedBundle? mounted)
    {
        Key = key;
        Entry = entry;
        Mounted = mounted;
        Listed = entry?.Anchors.ToImmutableHashSet() ?? [];
        anchorsInForce = (mounted?.Certificates ?? []).Select(certificate => Digest.Of(certificate.RawDataMemory.Span)).Distinct().Count(Listed.Contains);
    }

    public ResourceKey Key { get; }

    public BundleEntry? Entry { get; }

    public MountedBundle? Mounted { get; }

    public ImmutableHashSet<Digest> Listed { get; }

    /// <summary>False while a listed anchor is not mounted yet.</summary>
    public bool IsWhole => anchorsInForce == Listed.Count;

    public bool IsOf(BundleEntry? entry, MountedBundle? mounted) => ReferenceEquals(Entry, entry) && ReferenceEquals(Mounted, mounted);

    /// <summary>What is waited for, as a sentence without a subject.</summary>
    public string Missing() => Mounted is null
        ? $"waits for bundle {Key} to be mounted"
        : $"waits for {Listed.Count - anchorsInForce} of {Listed.Count} anchors of bundle {Key} to be mounted";

    public BundleReport Report(string? problem) => new()
    {
        Bundle = Key,
        Mounted = Mounted?.Digest,
        AnchorsInForce = anchorsInForce,
        Problem = Mounted?.Problem ?? problem,
    };
}
