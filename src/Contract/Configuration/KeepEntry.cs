using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>
/// Stands under the key of an entry that is still declared, but of which this operator has no content that can be used: whoever holds the entry keeps what it
/// holds. A gateway that does not know this kind refuses it, and comes to the same.
/// </summary>
public sealed record KeepEntry : ConfigurationEntry
{
    [JsonIgnore]
    public override EntryKey Key => Entry;

    public required EntryKey Entry { get; init; }

    /// <summary>As far as they are known: of a route, those that answer 503 where nothing is held; of a certificate, those that it is shown for where it is.</summary>
    public ImmutableArray<string> Hostnames { get; init; } = [];

    /// <summary>What a gateway says of it: it does not run what is declared.</summary>
    [JsonIgnore]
    public EntryProblem Refusal => new(Entry, "the operator cannot read what is declared now; what was held before it is kept");
}
