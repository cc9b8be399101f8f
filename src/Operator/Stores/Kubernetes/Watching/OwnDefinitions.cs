using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>The schemas that this operator was built with; they travel in the assembly.</summary>
internal static class OwnDefinitions
{
    /// <summary>By name of the CRD.</summary>
    public static ImmutableDictionary<string, JsonElement> Schemas { get; } =
        new[] { ApiKind.BackendRoute, ApiKind.TrustBundle }.ToImmutableDictionary(kind => $"{kind.Plural}.{kind.Group}", Read);

    private static JsonElement Read(ApiKind kind)
    {
        using var stream = typeof(OwnDefinitions).Assembly.GetManifestResourceStream($"crds/{kind.Group}_{kind.Plural}.yaml")
            ?? throw new InvalidOperationException($"The assembly carries no CRD of {kind.Name}.");
        using var content = new MemoryStream();
        stream.CopyTo(content);

        var definition = YamlDocuments.Read(Encoding.UTF8.GetString(content.ToArray()))[0].Root;
        return JsonSerializer.SerializeToElement(definition!["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"], ResourceJson.Lenient);
    }
}
