using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>What the HTTP client lets pass of a backend's answer and no client can be given.</summary>
internal static class AnswerRules
{
    private const int LeastStatus = 100;
    private const string Chunked = "chunked";

    /// <exception cref="HttpRequestException">The answer says what nobody can make sense of.</exception>
    public static void Demand(HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode < LeastStatus)
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "The status of the answer is none.");
        }

        // No other coding was asked for, and the client undoes none: what it would read is not what was meant (RFC 9112, sections 6.1 and 7).
        if (answer.Headers.NonValidated.TryGetValues(HeaderNames.TransferEncoding, out var codings)
            && !string.Equals(codings.ToString(), Chunked, StringComparison.OrdinalIgnoreCase))
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "The answer has a transfer coding that nobody asked for.");
        }
    }

    /// <summary>Whether the answer has no content, whatever it says; then it does not say so any more, for the server would take it at its word.</summary>
    public static bool LeavesContentOut(HttpResponse response)
    {
        if (response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent))
        {
            return false;
        }

        response.ContentLength = null;
        return true;
    }
}
