using Microsoft.AspNetCore.Http.Features;
using Portcullis.Gateway.Proxy.Answers;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Refuses a request line beyond the limit with words. The server would reset the stream of such a request over HTTP/2, and its browser would speak of a
/// protocol error; it lets pass what fits into the limit of all headers, to which the target counts there.
/// </summary>
internal static class LongRequestLine
{
    // Two blanks and the end of the line.
    private const int Between = 4;

    public static bool IsIn(HttpContext context, FrontLimits limits) =>
        context.Request.Method.Length + context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Length + context.Request.Protocol.Length + Between > limits.RequestLineBytes;

    public static Task RefuseAsync(HttpContext context) => AnswerWriter.WriteAsync(context, Answer.RequestLineTooLong);
}
