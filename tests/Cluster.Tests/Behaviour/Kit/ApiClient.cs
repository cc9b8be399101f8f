using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Portcullis.Cluster.Tests.Behaviour.Kit;

/// <summary>Plain requests to an API server as one user: what the wire says, with nothing of our own between.</summary>
/// <param name="withoutCertificate">For other users: a client certificate would win over their token.</param>
internal sealed class ApiClient(HttpClient http, HttpClient withoutCertificate, Uri address, string token)
{
    public const string MergePatch = "application/merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The same server, asked by somebody else; nobody when the token is empty.</summary>
    public ApiClient As(string other) => new(withoutCertificate, withoutCertificate, address, other);

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiAnswer> CreateAsync(string path, JsonObject content) => SendAsync(HttpMethod.Post, path, content);

    public Task<ApiAnswer> ReplaceAsync(string path, JsonObject content) => SendAsync(HttpMethod.Put, path, content);

    public Task<ApiAnswer> DeleteAsync(string path, JsonObject? options = null) => SendAsync(HttpMethod.Delete, path, options);

    public Task<ApiAnswer> MergeAsync(string path, JsonObject patch) => SendAsync(HttpMethod.Patch, path, patch, MergePatch);

    public Task<ApiAnswer> ApplyAsync(string path, JsonObject content, string manager, bool force = false) =>
        SendAsync(HttpMethod.Patch, $"{path}?fieldManager={manager}{(force ? "&force=true" : "")}", content, ApplyPatch);

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, JsonObject? content = null, string contentType = "application/json", string accept = "application/json")
    {
        using var request = Request(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (content is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content.ToJsonString()));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        using var response = await http.SendAsync(request, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        var warnings = response.Headers.TryGetValues("Warning", out var values) ? values : [];
        return new ApiAnswer(response.StatusCode, ReadJson(text), text, [.. warnings]);
    }

    /// <summary>A watch that has begun.</summary>
    public async Task<ApiWatch> WatchAsync(string path)
    {
        using var request = Request(HttpMethod.Get, path);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var text = await response.Content.ReadAsStringAsync(Cancelled);
            response.Dispose();
            throw new InvalidOperationException($"The watch was answered {(int)response.StatusCode}: {text}");
        }

        return new ApiWatch(response, await response.Content.ReadAsStreamAsync(Cancelled));
    }

    /// <summary>Asks again and again until this holds of the answer: for what a cluster does in its own time, such as taking up a new role.</summary>
    public static async Task<ApiAnswer> EventuallyAsync(Func<Task<ApiAnswer>> ask, Func<ApiAnswer, bool> reached)
    {
        var patience = Task.Delay(Patience, Cancelled);
        var answer = await ask();
        while (!reached(answer))
        {
            Assert.False(patience.IsCompleted, $"This was not reached in {Patience}; the last answer was {answer}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancelled);
            answer = await ask();
        }

        return answer;
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        // The version of a request is its own, whatever the client's default is.
        var request = new HttpRequestMessage(method, new Uri(address, path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.UserAgent.ParseAdd("behaviour/1.0");
        if (token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return request;
    }

    private static JsonObject ReadJson(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            // Some answers are plain text, such as that of a path nobody serves.
            return [];
        }
    }
}
