using System.Collections.Immutable;
using System.Text;

namespace Portcullis.Contract.Configuration;

/// <summary>All that one gateway runs: entries by key, and the revision that names exactly this set.</summary>
public sealed class GatewayConfiguration
{
    private GatewayConfiguration(ImmutableSortedDictionary<EntryKey, EncodedEntry> entries)
    {
        Entries = entries;
        Revision = RevisionOf(entries.Values);
    }

    public static GatewayConfiguration Empty { get; } = new(ImmutableSortedDictionary<EntryKey, EncodedEntry>.Empty);

    public ImmutableSortedDictionary<EntryKey, EncodedEntry> Entries { get; }

    /// <summary>Digest over every entry's key, minimum version and digest, in order.</summary>
    public Digest Revision { get; }

    public static GatewayConfiguration Of(IEnumerable<ConfigurationEntry> entries) => Of(entries.Select(EntryCodec.Encode));

    public static GatewayConfiguration Of(IEnumerable<EncodedEntry> entries) => new(entries.ToImmutableSortedDictionary(entry => entry.Key, entry => entry));

    /// <summary>What must be sent to somebody who holds <paramref name="held"/>.</summary>
    public ConfigurationDelta Since(GatewayConfiguration held) => new(
        [.. Entries.Values.Where(entry => !held.Entries.TryGetValue(entry.Key, out var old) || !old.Equals(entry))],
        [.. held.Entries.Keys.Where(key => !Entries.ContainsKey(key))]);

    public GatewayConfiguration With(ConfigurationDelta delta) => new(Entries
        .RemoveRange(delta.Removed)
        .SetItems(delta.Upserts.Select(entry => KeyValuePair.Create(entry.Key, entry))));

    private static Digest RevisionOf(IEnumerable<EncodedEntry> entries)
    {
        var text = new StringBuilder();

        foreach (var entry in entries)
        {
            text.Append(entry.Key).Append(' ').Append(entry.MinimumVersion).Append(' ').Append(entry.Digest).Append('\n');
        }

        return Digest.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
