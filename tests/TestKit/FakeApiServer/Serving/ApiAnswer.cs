using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Portcullis.TestKit.FakeApiServer.Answers;

namespace Portcullis.TestKit.FakeApiServer.Serving;

/// <summary>An answer that is complete before it is sent.</summary>
internal sealed record ApiAnswer(int Code, string ContentType, string Text)
{
    /// <summary>What nobody serves is not even answered in JSON.</summary>
    public static ApiAnswer PageNotFound { get; } = new(404, "text/plain; charset=utf-8", "404 page not found\n");

    public static ApiAnswer Healthy { get; } = new(200, "text/plain; charset=utf-8", "ok");

    public ImmutableArray<string> Warnings { get; init; } = [];

    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    public static ApiAnswer Of(int code, JsonObject content) => new(code, "application/json", content.ToJsonString());

    public static ApiAnswer Of(ApiFailureException failure) => Of(failure.Code, failure.ToStatus()) with { Headers = failure.Headers };

    public async Task SendAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Code;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache, private";
        response.Headers["Audit-Id"] = Guid.NewGuid().ToString();
        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        foreach (var warning in Warnings)
        {
            var quoted = warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            response.Headers.Append("Warning", $"299 - \"{quoted}\"");
        }

        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(Text), context.RequestAborted).ConfigureAwait(false);
    }
}
