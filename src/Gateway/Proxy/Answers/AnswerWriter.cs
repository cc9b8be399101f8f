using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Portcullis.Gateway.Proxy.Answers;

/// <summary>Writes an answer: Proxy-Status (RFC 9209) and a problem document (RFC 9457), or the status of a gRPC call.</summary>
internal static class AnswerWriter
{
    private const string ProxyStatus = "Proxy-Status";
    private const string Grpc = "application/grpc";

    /// <summary>By which the request is found again: in the answer and in the access log.</summary>
    public static string TraceOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    public static Task WriteAsync(HttpContext context, Answer answer)
    {
        var response = context.Response;
        context.Features.Set(answer);
        if (response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return Task.CompletedTask;
        }

        response.Clear();
        response.Headers[ProxyStatus] = $"portcullis; error={answer.Error}; details=\"{answer.Code}\"";
        response.Headers.CacheControl = "no-store";
        if (answer.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = wait.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        }

        return IsGrpc(context.Request) ? WriteGrpc(response, answer) : WriteProblemAsync(context, answer);
    }

    // A gRPC client reads the status from the headers when nothing follows them; an HTTP status would tell it less.
    private static Task WriteGrpc(HttpResponse response, Answer answer)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = Grpc;
        response.Headers["grpc-status"] = GrpcStatusOf(answer.Status).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = $"{answer.Code}: {answer.Title}";

        return Task.CompletedTask;
    }

    private static Task WriteProblemAsync(HttpContext context, Answer answer)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(
            new ProblemDocument(answer.Title, answer.Status, answer.Code, TraceOf(context)),
            ProblemJson.Default.ProblemDocument);

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/problem+json";
        context.Response.ContentLength = document.Length;

        return context.Response.Body.WriteAsync(document, context.RequestAborted).AsTask();
    }

    private static bool IsGrpc(HttpRequest request) =>
        request.Headers[HeaderNames.ContentType].ToString().StartsWith(Grpc, StringComparison.OrdinalIgnoreCase);

    private static int GrpcStatusOf(int status) => status switch
    {
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => 12,
        StatusCodes.Status504GatewayTimeout => 4,
        StatusCodes.Status429TooManyRequests => 8,
        < StatusCodes.Status500InternalServerError => 13,
        _ => 14,
    };
}
