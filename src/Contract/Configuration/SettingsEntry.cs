using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>What holds for a whole gateway.</summary>
public sealed record SettingsEntry : ConfigurationEntry
{
    [JsonIgnore]
    public override EntryKey Key => EntryKey.Settings;

    /// <summary>Shown when no better certificate is known; null means the gateway makes a self-signed one and warns.</summary>
    public ResourceKey? DefaultCertificate { get; init; }

    /// <summary><c>ip:port</c> or <c>[ip]:port</c> that no backend address may lead to (the operator, the API server); refused when connecting (P10).</summary>
    public ImmutableArray<string> ForbiddenEndpoints { get; init; } = [];
}
