using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>
/// The entries of the newest configuration, decoded. An entry that is not understood is refused alone, and what it would have replaced is served on (P6).
/// Only what changed is looked at: one route among ten thousand is the usual case.
/// </summary>
internal sealed class KnownEntries
{
    private readonly Dictionary<EntryKey, KnownEntry> entries = [];
    private readonly Dictionary<ResourceKey, BundleEntry> bundles = [];
    private readonly Dictionary<EntryKey, EntryProblem> refused = [];
    private ImmutableSortedDictionary<EntryKey, EncodedEntry> held = GatewayConfiguration.Empty.Entries;

    public IEnumerable<EntryProblem> Refused => refused.Values;

    public IReadOnlyDictionary<ResourceKey, BundleEntry> Bundles => bundles;

    public SettingsEntry? Settings => entries.GetValueOrDefault(EntryKey.Settings)?.Serving as SettingsEntry;

    public SessionKeyEntry? SessionKey => entries.GetValueOrDefault(EntryKey.SessionKey)?.Serving as SessionKeyEntry;

    public KnownEntry? Find(EntryKey key) => entries.GetValueOrDefault(key);

    /// <summary>Takes the configuration over; the keys of what is new, changed or gone.</summary>
    public IReadOnlyCollection<EntryKey> Take(GatewayConfiguration configuration)
    {
        var changed = Differences(held, configuration.Entries);
        held = configuration.Entries;
        foreach (var key in changed)
        {
            Take(key);
        }

        return changed;
    }

    // Both are sorted by key, and a configuration shares its unchanged entries with the one before: one walk along both, with hardly a comparison of contents.
    private static List<EntryKey> Differences(ImmutableSortedDictionary<EntryKey, EncodedEntry> before, ImmutableSortedDictionary<EntryKey, EncodedEntry> after)
    {
        var changed = new List<EntryKey>();
        using var old = before.GetEnumerator();
        using var now = after.GetEnumerator();
        var (hasOld, hasNow) = (old.MoveNext(), now.MoveNext());

        while (hasOld || hasNow)
        {
            var order = Order(hasOld, hasNow, old, now);
            if (order != 0 || !Same(old.Current.Value, now.Current.Value))
            {
                changed.Add(order <= 0 ? old.Current.Key : now.Current.Key);
            }

            hasOld = order <= 0 ? old.MoveNext() : hasOld;
            hasNow = order >= 0 ? now.MoveNext() : hasNow;
        }

        return changed;
    }

    private static int Order(
        bool hasOld,
        bool hasNow,
        ImmutableSortedDictionary<EntryKey, EncodedEntry>.Enumerator old,
        ImmutableSortedDictionary<EntryKey, EncodedEntry>.Enumerator now) =>
        (hasOld, hasNow) switch
        {
            (true, false) => -1,
            (false, true) => 1,
            _ => ReferenceEquals(old.Current.Value, now.Current.Value) ? 0 : old.Current.Key.CompareTo(now.Current.Key),
        };

    private static bool Same(EncodedEntry before, EncodedEntry after) => ReferenceEquals(before, after) || before.Equals(after);

    private void Take(EntryKey key)
    {
        if (entries.Remove(key, out var predecessor) && predecessor.Serving is BundleEntry old)
        {
            bundles.Remove(old.Bundle);
        }

        refused.Remove(key);
        if (!held.TryGetValue(key, out var encoded))
        {
            return;
        }

        var known = Decode(encoded, predecessor?.Serving);
        entries[key] = known;
        if (known.Serving is BundleEntry bundle)
        {
            bundles[bundle.Bundle] = bundle;
        }

        if (known.Refusal is not null)
        {
            refused[key] = known.Refusal;
        }
    }

    private static KnownEntry Decode(EncodedEntry encoded, ConfigurationEntry? predecessor)
    {
        if (!EntryCodec.TryDecode(encoded, out var entry, out var refusal))
        {
            return new KnownEntry(encoded, predecessor, refusal);
        }

        return entry is KeepEntry keep ? new KnownEntry(encoded, predecessor, keep.Refusal) : new KnownEntry(encoded, entry, null);
    }
}
