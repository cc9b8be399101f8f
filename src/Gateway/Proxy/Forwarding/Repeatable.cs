using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>Which requests may be sent twice without doing twice what they ask for.</summary>
internal static class Repeatable
{
    /// <summary>What is kept in memory of one request.</summary>
    public const int LongestBody = 64 * 1024;

    /// <summary>By its method (RFC 9110, section 9.2.2). Whoever asks for a WebSocket starts something that no method says anything about.</summary>
    public static bool IsIdempotent(HttpContext context) =>
        IsIdempotent(context.Request.Method) && context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true };

    public static bool IsIdempotent(string method) => method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "DELETE";

    /// <summary>Over HTTP/2 an empty body may still be on its way when its length has long been told.</summary>
    public static bool HasBody(HttpContext context) =>
        context.Request.ContentLength is not 0 && context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    /// <summary>Whether the body, if there is one, is still there from its beginning: no attempt has come so far as to ask for it.</summary>
    public static bool IsUntouched(HttpContext context) =>
        !HasBody(context) || context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false };

    /// <summary>Empty when there is none; null when it is longer than what is kept, or does not say how long it is, and was not touched.</summary>
    /// <exception cref="BadHttpRequestException">The body cannot be read.</exception>
    /// <exception cref="IOException">The client is gone.</exception>
    /// <exception cref="OperationCanceledException">The client is gone, or the token ended the reading.</exception>
    public static async ValueTask<byte[]?> BodyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!HasBody(context))
        {
            return [];
        }

        if (context.Request.ContentLength is not (> 0 and <= LongestBody and var length))
        {
            return null;
        }

        var body = new byte[(int)length];
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.RequestAborted);
        await context.Request.Body.ReadExactlyAsync(body, ends.Token).ConfigureAwait(false);
        context.Request.Body = new MemoryStream(body, writable: false);

        return body;
    }
}
