using Portcullis.Gateway.Proxy.Answers;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Refuses requests whose end two parties on the way could see in two places (RFC 9112, section 6.1; in HTTP/2 an encoding is malformed: RFC 9113, 8.2.2). The server reads
/// them the right way, but whoever stands before or behind it may not, and the difference smuggles a request.
/// </summary>
internal static class AmbiguousFraming
{
    // What the server makes of Content-Length when Transfer-Encoding is there too.
    private const string SetAside = "X-Content-Length";

    public static bool IsIn(HttpRequest request) =>
        request.Headers.TryGetValue("Transfer-Encoding", out var codings)
        && (codings is not [{ } coding] || !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            || request.Headers.ContainsKey(SetAside)
            || !HttpProtocol.IsHttp11(request.Protocol));

    public static Task RefuseAsync(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            // Where the next request on this connection begins is anybody's guess. Said as late as this, because an answer begins with clean headers.
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            });
        }

        return AnswerWriter.WriteAsync(context, Answer.BadRequest(StatusCodes.Status400BadRequest));
    }
}
