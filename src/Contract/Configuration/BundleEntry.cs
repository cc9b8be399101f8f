using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>
/// Which certificates of a mounted bundle may be used. A certificate anchors only if it is mounted and listed here (P2), so a push can
/// remove trust at once and a mount alone can never add it.
/// </summary>
public sealed record BundleEntry : ConfigurationEntry
{
    [JsonIgnore]
    public override EntryKey Key => EntryKey.Bundle(Bundle);

    public required ResourceKey Bundle { get; init; }

    /// <summary>Digest of the mounted bytes in which every anchor of the list is found.</summary>
    public required Digest Digest { get; init; }

    /// <summary>SHA-256 of the DER of each anchor, ordered; empty when nothing is to be trusted any more.</summary>
    public required ImmutableArray<Digest> Anchors { get; init; }

    public OnRemoval OnRemoval { get; init; } = OnRemoval.Drain;

    /// <summary>How long running requests may finish on a connection whose trust was removed.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(30);
}
