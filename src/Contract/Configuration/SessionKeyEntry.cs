using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>The key of a gateway's session cookies, the same for all its replicas: it travels in this entry and nowhere else (P9).</summary>
public sealed record SessionKeyEntry : ConfigurationEntry
{
    [JsonIgnore]
    public override EntryKey Key => EntryKey.SessionKey;

    /// <summary>A <see cref="Contract.SessionKey"/> in Base64.</summary>
    public required string SessionKey { get; init; }

    /// <summary>A record's own text would print the key.</summary>
    public override string ToString() => "SessionKeyEntry";
}
