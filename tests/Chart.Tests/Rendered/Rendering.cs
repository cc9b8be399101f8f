using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.Operator.Tests.Translation;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>Everything that one set of values becomes.</summary>
internal sealed record Rendering(string Text, ImmutableArray<RenderedObject> Objects)
{
    public static Rendering Of(string text) => new(text, [.. YamlNodes.Documents(text).Select(document => new RenderedObject(document))]);

    public IEnumerable<RenderedObject> OfKind(string kind) => Objects.Where(one => one.Kind == kind);

    public RenderedObject One(string kind, string name) => Assert.Single(OfKind(kind), one => one.Name == name);

    public IEnumerable<RenderedObject> Deployments => OfKind("Deployment");

    /// <summary>What the operator is told at its start, from the ConfigMap that its pod mounts.</summary>
    public JsonObject OptionsIn(string configMap) => YamlNodes.Documents(One("ConfigMap", configMap).Json["data"]!["operator.yaml"]!.GetValue<string>()).Single();
}
