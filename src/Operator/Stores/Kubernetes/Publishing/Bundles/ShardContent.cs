using System.Collections.Immutable;
using System.Text.Json;
using k8s.Models;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;

/// <summary>What one trust shard holds.</summary>
/// <param name="Files">By name of the file.</param>
/// <param name="HasBinary">It also holds binary files, which are never ours.</param>
internal sealed record ShardContent(ImmutableSortedDictionary<string, string> Files, bool HasBinary)
{
    public static ImmutableSortedDictionary<string, string> NoFiles { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public static AtHand<ShardContent> Of(V1ConfigMap map) => new(
        map.Metadata.Uid,
        map.Metadata.ResourceVersion,
        new ShardContent(NoFiles.AddRange(map.Data ?? new Dictionary<string, string>()), map.BinaryData is { Count: > 0 }));

    /// <summary>Of an answer of the API server.</summary>
    public static AtHand<ShardContent> Of(JsonElement map)
    {
        var metadata = map.GetProperty("metadata");

        return new AtHand<ShardContent>(
            metadata.GetProperty("uid").GetString() ?? "",
            metadata.GetProperty("resourceVersion").GetString() ?? "",
            new ShardContent(
                map.TryGetProperty("data", out var files) && files.ValueKind == JsonValueKind.Object
                    ? NoFiles.AddRange(files.EnumerateObject().Select(file => KeyValuePair.Create(file.Name, file.Value.GetString() ?? "")))
                    : NoFiles,
                map.TryGetProperty("binaryData", out var binary) && binary.ValueKind == JsonValueKind.Object && binary.EnumerateObject().Any()));
    }

    public bool Holds(ImmutableSortedDictionary<string, string> wanted) =>
        !HasBinary && Files.Count == wanted.Count && wanted.All(file => Files.TryGetValue(file.Key, out var content) && content == file.Value);
}
