using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Identity;

/// <summary>A Secret that this program makes and keeps for itself.</summary>
/// <param name="api">Where it is kept.</param>
/// <param name="key">Its name.</param>
/// <param name="made">What comes of deleting it, such as <c>a new authority is made</c>.</param>
internal sealed class OwnSecret(ApiConnection api, ResourceKey key, string made)
{
    private string Path => ApiKind.Secret.Path(key.Namespace, key.Name);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="ApiRefusedException">The API server refused.</exception>
    public async Task<JsonObject?> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await api.SendAsync(new ApiRequest(HttpMethod.Get, Path), cancellationToken).ConfigureAwait(false);

        return answer is ApiAnswer.Refused { Refusal.Code: HttpStatusCode.NotFound }
            ? null
            : JsonObject.Create(answer.Demand()) ?? throw Foreign("it is no object");
    }

    /// <summary>Writes these values; what else is in <paramref name="read"/> stays.</summary>
    /// <param name="read">As it was read; null when there was none.</param>
    /// <param name="values">By key.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="ApiRefusedException">The API server refused; a Conflict means that somebody else was faster.</exception>
    public async Task<string> WriteAsync(JsonObject? read, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        var (method, path, secret) = read is null ? (HttpMethod.Post, ApiKind.Secret.Path(key.Namespace), New()) : (HttpMethod.Put, Path, read);
        var data = secret["data"] as JsonObject ?? [];
        secret["data"] ??= data;

        foreach (var (name, value) in values)
        {
            data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        }

        (secret["metadata"] as JsonObject)?.Remove("managedFields");

        var request = new ApiRequest(method, path) { Body = Encoding.UTF8.GetBytes(secret.ToJsonString()) };
        var answer = await api.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var written = read is null ? answer.Demand() : answer.DemandReplaced();

        return written.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("resourceVersion", out var version) ? version.GetString() ?? "" : "";
    }

    public static string VersionOf(JsonObject secret) => TextAt(secret["metadata"], "resourceVersion") ?? "";

    /// <summary>Null when it has no such key.</summary>
    /// <exception cref="InvalidDataException">The value is not one that this program wrote.</exception>
    public string? TextOf(JsonObject secret, string name)
    {
        try
        {
            return TextAt(secret["data"], name) is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : null;
        }
        catch (FormatException)
        {
            throw Foreign($"{name} is not base64");
        }
    }

    public InvalidDataException Foreign(string why) => new(
        $"The Secret {key} is not the one that this program wrote: {why}. Delete it, and {made}: kubectl delete secret --namespace {key.Namespace} {key.Name}");

    private JsonObject New() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["namespace"] = key.Namespace, ["name"] = key.Name },
        ["type"] = "Opaque",
    };

    private static string? TextAt(JsonNode? parent, string name) =>
        (parent as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
