using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Answers;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>What a route says of plain HTTP, and of browsers that are to stay with HTTPS.</summary>
internal static class FrontDoor
{
    private const int DefaultPort = 443;

    /// <summary>Null when the request is to be served.</summary>
    /// <param name="context">A request that some rule takes.</param>
    /// <param name="front">Of its route.</param>
    /// <param name="httpsPort">Where clients reach HTTPS.</param>
    public static Task? Answer(HttpContext context, FrontSettings? front, int httpsPort)
    {
        if (context.Request.IsHttps || IsHttpsForTheClient(context.Request))
        {
            // Not over plain HTTP, where anybody on the way could have written it (RFC 6797, section 7.2).
            KeepToHttps(context.Response, front?.StrictTransportSecurity);
            return null;
        }

        return (front?.Http ?? PlainHttp.Redirect) switch
        {
            PlainHttp.Serve => null,
            PlainHttp.Redirect => RedirectAsync(context, httpsPort),
            _ => AnswerWriter.WriteAsync(context, Answers.Answer.NoRoute),
        };
    }

    // Behind a listed proxy that ended TLS, whose word was judged before: sent to HTTPS, its client would come the same way again.
    private static bool IsHttpsForTheClient(HttpRequest request) => request.Headers[VouchedHeaders.Proto] == "https";

    private static void KeepToHttps(HttpResponse response, string? value)
    {
        if (value is not null)
        {
            // At the last moment: a backend's own header is replaced, and an answer of the gateway's has it too.
            response.OnStarting(() =>
            {
                response.Headers.StrictTransportSecurity = value;
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>308 keeps method and body (RFC 9110, section 15.4.9). The host is one that a route owns, so this sends nobody to a stranger.</summary>
    private static Task RedirectAsync(HttpContext context, int httpsPort)
    {
        var host = RequestHost.NameIn(RequestHost.Of(context.Request));
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var path = target is ['/', ..] ? target : UriHelper.BuildRelative(context.Request.PathBase, context.Request.Path, context.Request.QueryString);

        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers[HeaderNames.Location] = httpsPort == DefaultPort ? $"https://{host}{path}" : $"https://{host}:{httpsPort}{path}";
        return Task.CompletedTask;
    }
}
