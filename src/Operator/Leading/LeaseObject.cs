using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;

namespace Portcullis.Operator.Leading;

/// <summary>The Lease at the API server: read, made if absent, replaced only if it is still what was read.</summary>
internal sealed class LeaseObject(ApiConnection api, ResourceKey key)
{
    private string Path => ApiKind.Lease.Path(key.Namespace, key.Name);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="ApiRefusedException">It was refused.</exception>
    public async Task<LeaseReading?> ReadAsync(CancellationToken cancellationToken) =>
        await api.SendAsync(new ApiRequest(HttpMethod.Get, Path), cancellationToken).ConfigureAwait(false) is var answer
        && answer is ApiAnswer.Refused { Refusal.Code: HttpStatusCode.NotFound } ? null : LeaseReading.From(answer.Demand());

    /// <summary>Null when somebody else was faster.</summary>
    public Task<LeaseReading?> CreateAsync(JsonObject lease, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Post, ApiKind.Lease.Path(key.Namespace), lease, cancellationToken);

    /// <summary>Null when it is no longer what was read; the resourceVersion in it says what was.</summary>
    public Task<LeaseReading?> ReplaceAsync(JsonObject lease, CancellationToken cancellationToken) => WriteAsync(HttpMethod.Put, Path, lease, cancellationToken);

    private async Task<LeaseReading?> WriteAsync(HttpMethod method, string path, JsonObject lease, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(method, path) { Body = Encoding.UTF8.GetBytes(lease.ToJsonString()) };
        var answer = await api.SendAsync(request, cancellationToken).ConfigureAwait(false);

        return answer is ApiAnswer.Refused { Refusal.Code: HttpStatusCode.Conflict or HttpStatusCode.NotFound } ? null : LeaseReading.From(answer.Demand());
    }
}
