using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>What one source of a TrustBundle holds in this snapshot.</summary>
internal static class SourceReader
{
    /// <param name="before">
    /// Of the same place in the list of sources, an earlier turn ago; null when there is none. It still holds when the declaration and the very object that was
    /// read are the same: reading certificates is what most of a turn would be spent on.
    /// </param>
    public static SourceReading Read(TrustSource source, string field, string ns, ResourceSnapshot snapshot, SourceReading? before)
    {
        var origin = OriginOf(source, ns, snapshot);

        return origin is not null && ReferenceEquals(before?.Origin, origin) && source.Equals(before?.Source)
            ? before!
            : Read(source, field, ns, snapshot) with { Source = source, Origin = origin };
    }

    /// <summary>Null when there is nothing to read; why may change from turn to turn.</summary>
    private static object? OriginOf(TrustSource source, string ns, ResourceSnapshot snapshot) => source switch
    {
        { ConfigMap: { } key } => snapshot.ConfigMaps.GetValueOrDefault(new ResourceKey(ns, key.Name)),
        { Secret: { } key } => snapshot.Secrets.GetValueOrDefault(new ResourceKey(ns, key.Name)),
        _ => source.Inline,
    };

    private static SourceReading Read(TrustSource source, string field, string ns, ResourceSnapshot snapshot)
    {
        if (source.RetainPreviousFor is not null)
        {
            return new SourceReading(
                source.Name,
                BundleProblems.Unsupported($"{field}.retainPreviousFor", "Keeping anchors after they were removed", "Remove the field."));
        }

        if (source.ClusterTrustBundle is not null)
        {
            return new SourceReading(
                source.Name,
                BundleProblems.Unsupported($"{field}.clusterTrustBundle", "Reading ClusterTrustBundles", "Put the certificates into a ConfigMap."));
        }

        return source switch
        {
            { ConfigMap: { } key, Secret: null, Inline: null } => FromConfigMap(
                source.Name,
                $"{field}.configMap",
                new ResourceKey(ns, key.Name),
                key.Key,
                snapshot),
            { Secret: { } key, ConfigMap: null, Inline: null } => FromSecret(source.Name, $"{field}.secret", new ResourceKey(ns, key.Name), key.Key, snapshot),
            { Inline: { } text, ConfigMap: null, Secret: null } => FromText(source.Name, $"{field}.inline", "The text", text),
            _ => new SourceReading(
                source.Name,
                new Problem(ProblemReason.InvalidValue, field, "A source has one place. Set exactly one of configMap, secret and inline.")),
        };
    }

    private static SourceReading FromConfigMap(string name, string field, ResourceKey key, string entry, ResourceSnapshot snapshot)
    {
        if (!snapshot.ConfigMaps.TryGetValue(key, out var map))
        {
            return new SourceReading(name, NotThere($"{field}.name", "ConfigMap", key, snapshot));
        }

        if (map.Data?.TryGetValue(entry, out var text) == true)
        {
            return FromText(name, $"{field}.key", $"Key '{entry}' of ConfigMap '{key.Name}'", text);
        }

        return map.BinaryData?.TryGetValue(entry, out var bytes) == true
            ? FromBytes(name, $"{field}.key", $"Key '{entry}' of ConfigMap '{key.Name}'", bytes)
            : new SourceReading(
                name,
                BundleProblems.KeyNotFound($"{field}.key", "ConfigMap", key, entry, [.. map.Data?.Keys ?? [], .. map.BinaryData?.Keys ?? []]));
    }

    private static SourceReading FromSecret(string name, string field, ResourceKey key, string entry, ResourceSnapshot snapshot)
    {
        if (!snapshot.Secrets.TryGetValue(key, out var secret))
        {
            return new SourceReading(name, NotThere($"{field}.name", "Secret", key, snapshot));
        }

        return SecretContent.TryFind(secret, entry, out var bytes)
            ? FromBytes(name, $"{field}.key", $"Key '{entry}' of Secret '{key.Name}'", bytes)
            : new SourceReading(name, BundleProblems.KeyNotFound($"{field}.key", "Secret", key, entry, SecretContent.Keys(secret)));
    }

    private static Problem NotThere(string field, string kind, ResourceKey key, ResourceSnapshot snapshot) =>
        snapshot.FaultOf(kind, key) is { } fault ? ReadFaults.Of(fault, field, kind, key) : BundleProblems.SourceNotFound(field, kind, key);

    private static SourceReading FromText(string name, string field, string what, string text) =>
        CertificateList.TryRead(text, out var members, out var fault)
            ? new SourceReading(name, members)
            : new SourceReading(name, BundleProblems.Of(fault, field, what));

    private static SourceReading FromBytes(string name, string field, string what, byte[] content) =>
        CertificateList.TryRead(content, out var members, out var fault)
            ? new SourceReading(name, members)
            : new SourceReading(name, BundleProblems.Of(fault, field, what));
}
