using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>
/// Since when each entry of a gateway's configuration has been as it is. A gateway acknowledges whole revisions; with this an acknowledgement of an older
/// revision still counts for every entry that has not changed since, so that one change among thousands leaves the other statuses alone.
/// </summary>
public sealed record RevisionHistory
{
    private const int Remembered = 256;

    public static RevisionHistory Empty { get; } = new();

    /// <summary>Oldest first; the last one is the present one.</summary>
    public ImmutableArray<Digest> Revisions { get; private init; } = [];

    /// <summary>How many revisions were forgotten before the first one that is remembered.</summary>
    private long Forgotten { get; init; }

    private ImmutableDictionary<EntryKey, (Digest Content, long Since)> Entries { get; init; } = ImmutableDictionary<EntryKey, (Digest, long)>.Empty;

    public RevisionHistory With(GatewayConfiguration configuration)
    {
        if (!Revisions.IsEmpty && Revisions[^1] == configuration.Revision)
        {
            return this;
        }

        var ordinal = Forgotten + Revisions.Length;
        var surplus = Math.Max(0, Revisions.Length + 1 - Remembered);

        return new RevisionHistory
        {
            Revisions = [.. Revisions.Skip(surplus), configuration.Revision],
            Forgotten = Forgotten + surplus,
            Entries = configuration.Entries.Values.ToImmutableDictionary(entry => entry.Key, entry => (entry.Digest, Since(entry, ordinal))),
        };
    }

    /// <summary>Whether the acknowledged revision holds the entry as it is now.</summary>
    public bool Holds(Digest acknowledged, EntryKey entry)
    {
        // The newest occurrence: an older revision that came back is the same set of entries.
        var index = Revisions.LastIndexOf(acknowledged);

        return index >= 0 && Entries.TryGetValue(entry, out var known) && Forgotten + index >= known.Since;
    }

    private long Since(EncodedEntry entry, long ordinal) =>
        Entries.TryGetValue(entry.Key, out var known) && known.Content == entry.Digest ? known.Since : ordinal;
}
