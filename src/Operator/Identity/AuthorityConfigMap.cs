using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Identity;

/// <summary>What gateways mount to verify the operator: put right whenever it was deleted or edited.</summary>
internal sealed class AuthorityConfigMap(ApiConnection api, ResourceKey key)
{
    private const string Certificates = "ca.crt";

    /// <summary>Whether something had to be written.</summary>
    /// <exception cref="ApiRefusedException">The API server refused; a Conflict means that somebody else was faster.</exception>
    public async Task<bool> KeepAsync(string pem, CancellationToken cancellationToken)
    {
        var path = ApiKind.ConfigMap.Path(key.Namespace, key.Name);
        var answer = await api.SendAsync(new ApiRequest(HttpMethod.Get, path), cancellationToken).ConfigureAwait(false);

        if (answer is ApiAnswer.Refused { Refusal.Code: HttpStatusCode.NotFound })
        {
            await WriteAsync(HttpMethod.Post, ApiKind.ConfigMap.Path(key.Namespace), New(), pem, cancellationToken).ConfigureAwait(false);
            return true;
        }

        var map = JsonObject.Create(answer.Demand()) ?? New();

        if ((map["data"] as JsonObject)?[Certificates] is JsonValue value && value.TryGetValue<string>(out var present) && present == pem)
        {
            return false;
        }

        await WriteAsync(HttpMethod.Put, path, map, pem, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task WriteAsync(HttpMethod method, string path, JsonObject map, string pem, CancellationToken cancellationToken)
    {
        var data = map["data"] as JsonObject ?? [];
        map["data"] ??= data;
        data[Certificates] = pem;
        (map["binaryData"] as JsonObject)?.Remove(Certificates);
        (map["metadata"] as JsonObject)?.Remove("managedFields");

        var request = new ApiRequest(method, path) { Body = Encoding.UTF8.GetBytes(map.ToJsonString()) };
        var answer = await api.SendAsync(request, cancellationToken).ConfigureAwait(false);
        _ = method == HttpMethod.Put ? answer.DemandReplaced() : answer.Demand();
    }

    private JsonObject New() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["namespace"] = key.Namespace, ["name"] = key.Name },
    };
}
