using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Statuses;

/// <summary>A status as the API server has it.</summary>
internal static class StatusJson
{
    private static readonly JsonSerializerOptions Options = new(ResourceJson.Lenient) { Converters = { new WholeSeconds() } };

    public static JsonNode Of(ResourceStatus status) => status switch
    {
        ResourceStatus.OfRoute route => JsonSerializer.SerializeToNode(route.Status, Options)!,
        ResourceStatus.OfBundle bundle => JsonSerializer.SerializeToNode(bundle.Status, Options)!,
        _ => throw new NotSupportedException($"A status of {status.GetType()} has no form in JSON."),
    };

    /// <summary>To be compared as a text.</summary>
    /// <param name="status">Null when none was ever written, which equals no status.</param>
    public static string Canonical(ResourceStatus? status) => status switch
    {
        null => "",
        ResourceStatus.OfRoute route => CanonicalJson.Of(JsonSerializer.SerializeToElement(route.Status, Options)),
        ResourceStatus.OfBundle bundle => CanonicalJson.Of(JsonSerializer.SerializeToElement(bundle.Status, Options)),
        _ => throw new NotSupportedException($"A status of {status.GetType()} has no form in JSON."),
    };

    /// <summary>The object that the API server answered a write with; null when it is not one that we can read.</summary>
    /// <param name="written">Tells which kind it is.</param>
    public static AtHand<ResourceStatus?>? AtHand(JsonElement answer, ResourceStatus written)
    {
        try
        {
            var metadata = answer.GetProperty("metadata");

            return new AtHand<ResourceStatus?>(
                metadata.GetProperty("uid").GetString() ?? "",
                metadata.GetProperty("resourceVersion").GetString() ?? "",
                answer.TryGetProperty("status", out var status) ? Read(status, written) : null);
        }
        catch (Exception foreign) when (foreign is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Then the watch will show what the write made of it.
            return null;
        }
    }

    private static ResourceStatus? Read(JsonElement status, ResourceStatus written) => written switch
    {
        ResourceStatus.OfRoute route => route with { Status = status.Deserialize<BackendRouteStatus>(Options)! },
        ResourceStatus.OfBundle bundle => bundle with { Status = status.Deserialize<TrustBundleStatus>(Options)! },
        _ => null,
    };
}
