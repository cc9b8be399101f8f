using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>One part of a configuration that is delivered, refused and replaced on its own.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RouteEntry), "Route")]
[JsonDerivedType(typeof(BundleEntry), "Bundle")]
[JsonDerivedType(typeof(CertificateEntry), "Certificate")]
[JsonDerivedType(typeof(SettingsEntry), "Settings")]
[JsonDerivedType(typeof(KeepEntry), "Keep")]
[JsonDerivedType(typeof(SessionKeyEntry), "SessionKey")]
public abstract record ConfigurationEntry
{
    [JsonIgnore]
    public abstract EntryKey Key { get; }
}
