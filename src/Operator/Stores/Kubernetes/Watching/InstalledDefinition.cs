using System.Collections.Immutable;
using System.Text.Json;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>A CRD of the cluster, as far as it matters here.</summary>
internal sealed record InstalledDefinition
{
    /// <summary>Such as <c>trustbundles.portcullis.dev</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the API server answers for the kind.</summary>
    public required bool IsEstablished { get; init; }

    public required ImmutableHashSet<string> Served { get; init; }

    /// <summary>Of the version that we use; undefined for kinds that are not ours.</summary>
    public JsonElement Schema { get; init; }

    /// <exception cref="KeyNotFoundException">It is no CRD.</exception>
    public static InstalledDefinition Decode(JsonElement definition)
    {
        var spec = definition.GetProperty("spec");
        var versions = spec.GetProperty("versions").EnumerateArray().ToImmutableArray();
        var own = spec.GetProperty("group").GetString() == TrustBundle.Group ? versions.FirstOrDefault(version => NameOf(version) == TrustBundle.Version) : default;

        return new InstalledDefinition
        {
            Name = ObjectHead.MetadataOf(definition, "name") ?? "",
            IsEstablished = IsTrue(definition, "Established"),
            Served = [.. versions.Where(version => version.GetProperty("served").GetBoolean()).Select(NameOf)],

            // A copy of its own: the other versions need not be kept.
            Schema = own.ValueKind == JsonValueKind.Undefined ? default : own.GetProperty("schema").GetProperty("openAPIV3Schema").Clone(),
        };
    }

    private static string NameOf(JsonElement version) => version.GetProperty("name").GetString() ?? "";

    private static bool IsTrue(JsonElement definition, string condition) =>
        definition.TryGetProperty("status", out var status)
        && status.TryGetProperty("conditions", out var conditions)
        && conditions.ValueKind == JsonValueKind.Array
        && conditions.EnumerateArray().Any(one => one.GetProperty("type").GetString() == condition && one.GetProperty("status").GetString() == "True");
}
