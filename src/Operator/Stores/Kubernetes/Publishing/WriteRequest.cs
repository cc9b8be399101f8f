using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>The two ways in which the operator writes to objects.</summary>
internal static class WriteRequest
{
    public const string FieldManager = "portcullis-operator";

    /// <summary>Changes what it names and nothing else.</summary>
    public static ApiRequest MergePatch(string path, JsonObject body) => Patch(path, ApiContentType.MergePatch, body) with
    {
        Query = [("fieldManager", FieldManager)],
    };

    /// <summary>Makes this all that we have to say of the object: what we said before and say no more is removed.</summary>
    public static ApiRequest Apply(string path, JsonObject body) => Patch(path, ApiContentType.ApplyPatch, body) with
    {
        Query = [("fieldManager", FieldManager), ("force", "true")],
    };

    private static ApiRequest Patch(string path, string contentType, JsonObject body) =>
        new(HttpMethod.Patch, path) { ContentType = contentType, Body = JsonSerializer.SerializeToUtf8Bytes(body) };
}
