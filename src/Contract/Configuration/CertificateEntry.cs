using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>A certificate the gateway presents to browsers, with its private key: it travels in this entry and nowhere else (P9).</summary>
public sealed record CertificateEntry : ConfigurationEntry
{
    [JsonIgnore]
    public override EntryKey Key => EntryKey.Certificate(Certificate);

    public required ResourceKey Certificate { get; init; }

    /// <summary>Server names it is shown for, lower case, <c>*.</c> prefix for one label; each is in one entry only. Empty for one that is a default and no more.</summary>
    public ImmutableArray<string> Hostnames { get; init; } = [];

    /// <summary>Leaf first, then its intermediates, as PEM.</summary>
    public required string ChainPem { get; init; }

    public required string PrivateKeyPem { get; init; }

    /// <summary>Names and times only: a record's own text would print the key.</summary>
    public override string ToString() => $"CertificateEntry {Certificate}";
}
