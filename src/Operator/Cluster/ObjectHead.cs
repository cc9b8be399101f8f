using System.Text.Json;
using Portcullis.Contract;

namespace Portcullis.Operator.Cluster;

/// <summary>What every object says of itself, whatever else is in it.</summary>
/// <param name="Key">The namespace is empty when the kind has none.</param>
/// <param name="Version">Its resourceVersion.</param>
internal readonly record struct ObjectHead(ResourceKey Key, string Version)
{
    public static bool TryRead(JsonElement subject, out ObjectHead head)
    {
        head = default;

        if (VersionOf(subject) is not { } version || MetadataOf(subject, "name") is not { } name)
        {
            return false;
        }

        head = new ObjectHead(new ResourceKey(MetadataOf(subject, "namespace") ?? "", name), version);
        return true;
    }

    /// <summary>Of an object, a list or a bookmark; null when it has none.</summary>
    public static string? VersionOf(JsonElement subject) => MetadataOf(subject, "resourceVersion");

    /// <summary>Null when it is not there, or is empty.</summary>
    public static string? MetadataOf(JsonElement subject, string field) =>
        subject.ValueKind == JsonValueKind.Object
        && subject.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
