using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>
/// The entries of the newest configuration, decoded. An entry that is not understood is refused alone, and what it would have replaced is served on (P6).
/// Unchanged entries are decoded once.
/// </summary>
internal sealed class KnownEntries
{
    private Dictionary<EntryKey, KnownEntry> entries = [];

    public IEnumerable<KnownEntry> All => entries.Values;

    public IEnumerable<EntryProblem> Refused => entries.Values.Select(entry => entry.Refusal).OfType<EntryProblem>();

    public IReadOnlyDictionary<ResourceKey, BundleEntry> Bundles =>
        entries.Values.Select(entry => entry.Serving).OfType<BundleEntry>().ToDictionary(bundle => bundle.Bundle);

    public SettingsEntry? Settings => entries.GetValueOrDefault(EntryKey.Settings)?.Serving as SettingsEntry;

    public void Take(GatewayConfiguration configuration)
    {
        var next = new Dictionary<EntryKey, KnownEntry>(configuration.Entries.Count);
        foreach (var (key, encoded) in configuration.Entries)
        {
            next[key] = entries.TryGetValue(key, out var known) && known.Newest.Equals(encoded) ? known : Decode(encoded, known?.Serving);
        }

        entries = next;
    }

    private static KnownEntry Decode(EncodedEntry encoded, ConfigurationEntry? predecessor) => EntryCodec.TryDecode(encoded, out var entry, out var refusal)
        ? new KnownEntry(encoded, entry, null)
        : new KnownEntry(encoded, predecessor, refusal);
}
