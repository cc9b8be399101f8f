using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Portcullis.Chart.Tests.Rendered;

/// <summary>One object of a rendering.</summary>
internal sealed record RenderedObject(JsonObject Json)
{
    public string Kind => Json["kind"]!.GetValue<string>();

    public string ApiVersion => Json["apiVersion"]!.GetValue<string>();

    public string Name => Json["metadata"]!["name"]!.GetValue<string>();

    /// <summary>Null for what belongs to the whole cluster.</summary>
    public string? Namespace => Json["metadata"]!["namespace"]?.GetValue<string>();

    public JsonObject Spec => Json["spec"]!.AsObject();

    /// <summary>Of a Deployment.</summary>
    public JsonObject PodTemplate => Spec["template"]!.AsObject();

    public JsonObject Pod => PodTemplate["spec"]!.AsObject();

    /// <summary>Every pod of this chart has one container.</summary>
    public JsonObject Container => Assert.Single(Pod["containers"]!.AsArray())!.AsObject();

    public ImmutableArray<string> Arguments => Texts(Container["args"]);

    public override string ToString() => $"{Kind} {Namespace}/{Name}";

    public static ImmutableArray<string> Texts(JsonNode? list) => list is null ? [] : [.. list.AsArray().Select(text => text!.GetValue<string>())];

    public static ImmutableSortedDictionary<string, string> Map(JsonNode? map) => map is null
        ? ImmutableSortedDictionary<string, string>.Empty
        : map.AsObject().ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>(), StringComparer.Ordinal);
}
