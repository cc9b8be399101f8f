using System.Buffers;
using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Answers;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>What every request passes before a route is looked for: refused when it can be read in two ways, else left with what may be believed.</summary>
internal sealed class RequestAdmission(ProxyOptions options)
{
    private const int LongestId = 128;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~:+/=@");

    private readonly ForwardedHeaders forwarded = new(options.TrustedProxies);

    /// <summary>Null when the request may pass.</summary>
    public Answer? Refusal(HttpContext context)
    {
        if (RequestTarget.IsAmbiguous(context))
        {
            return Answer.PathNotServed;
        }

        var headers = context.Request.Headers;
        if (HttpProtocol.IsHttp2(context.Request.Protocol) && ClientHeaders.AreOfConnection(headers))
        {
            return Answer.BadRequest(StatusCodes.Status400BadRequest);
        }

        if (!ClientHeaders.TryCleanse(headers, forwarded.IsTrusted(context.Connection.RemoteIpAddress)))
        {
            return Answer.BadRequest(StatusCodes.Status400BadRequest);
        }

        // One that does not say how long it is, is cut off where it has become too long.
        if (context.Request.ContentLength > options.Requests.BodyBytes)
        {
            return Answer.BodyTooLong;
        }

        forwarded.Write(context);
        headers[VouchedHeaders.RequestId] = context.TraceIdentifier = IdOf(headers);

        return null;
    }

    /// <summary>Whether what the request's headers say of the client is what the gateway believes.</summary>
    public static bool HasPassed(HttpContext context) =>
        context.Request.Headers.TryGetValue(VouchedHeaders.RequestId, out var id) && id == context.TraceIdentifier;

    // What is left under this name was said by a listed proxy.
    private static string IdOf(IHeaderDictionary headers) =>
        headers.TryGetValue(VouchedHeaders.RequestId, out var values)
        && values is [{ Length: > 0 and <= LongestId } id]
        && id.AsSpan().IndexOfAnyExcept(IdCharacters) < 0
            ? id
            : Guid.NewGuid().ToString("N");
}
