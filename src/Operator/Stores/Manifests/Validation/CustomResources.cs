using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>The schemas of our own kinds, from the very CRDs that are applied to clusters; they travel in the assembly.</summary>
internal static class CustomResources
{
    public static SchemaNode BackendRoute { get; } = Read("crds/portcullis.dev_backendroutes.yaml");

    public static SchemaNode TrustBundle { get; } = Read("crds/portcullis.dev_trustbundles.yaml");

    public static ImmutableArray<(string Kind, SchemaNode Schema)> All { get; } =
        [(Resources.BackendRoute.KindName, BackendRoute), (Resources.TrustBundle.KindName, TrustBundle)];

    private static SchemaNode Read(string resource)
    {
        using var stream = typeof(CustomResources).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly carries no '{resource}'.");
        using var reader = new StreamReader(stream);

        var definition = YamlDocuments.Read(reader.ReadToEnd())[0].Root!;
        var schema = SchemaReader.Read((JsonObject)definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!);

        return schema with { Properties = schema.Properties.SetItem("metadata", schema.Properties["metadata"] with { KeepsUnknownFields = true }) };
    }
}
