using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Filters;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>
/// YARP's copying of header fields, then what is ours: the URL and Host that the backend sees, the endpoint that the connector needs, and on the way back the
/// rule's filters. YARP's own transforms, even without any settings, read the Host in the server's way.
/// </summary>
internal sealed class BackendTransformer(HostHeader hostHeader, BackendProtocol protocol) : HttpTransformer
{
    // The path was judged as it is written; spelled in another way, it could be another one for the backend.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);

        var request = ForwardedRequest.Of(httpContext);
        var endpoint = EndpointOf(request);
        request.SentTarget = RequestTarget.Forwarded(httpContext, request.Filters?.Path);
        proxyRequest.RequestUri = new Uri(string.Concat(destinationPrefix.AsSpan().TrimEnd('/'), request.SentTarget), AsWritten);
        proxyRequest.Headers.Remove(HeaderNames.Host);
        proxyRequest.Headers.TryAddWithoutValidation(HeaderNames.Host, HostFor(httpContext.Request, endpoint, request.Filters));
        proxyRequest.Options.Set(LiveEndpoint.OfRequest, endpoint);
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        // Nothing of an answer that is to be asked for again may reach the client; the forwarder drops it.
        var request = ForwardedRequest.Of(httpContext);
        if (proxyResponse is not null && request.Retries?.SetsAside((int)proxyResponse.StatusCode) == true)
        {
            return ValueTask.FromResult(false);
        }

        if (proxyResponse is null)
        {
            return base.TransformResponseAsync(httpContext, null, cancellationToken);
        }

        AnswerRules.Demand(proxyResponse);
        OneHop.Remove(proxyResponse.Headers);

        return FinishedAsync(httpContext, request, base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken));
    }

    private async ValueTask<bool> FinishedAsync(HttpContext context, ForwardedRequest request, ValueTask<bool> copied)
    {
        var isPassedOn = await copied.ConfigureAwait(false);
        if (request.Filters is { } filters)
        {
            var asked = context.Request;
            filters.Mapping?.Apply(context.Response.Headers, PublicSide.Of(asked, HostFor(asked, EndpointOf(request), filters)));
            filters.ResponseEdits?.ApplyToResponse(context.Response.Headers);
        }

        // Last, so that no filter takes the gateway's own cookie for one of the backend's.
        request.Rule.Sessions?.Answer(context.Response, request.Target, EndpointOf(request), request.Session);

        return isPassedOn && !AnswerRules.LeavesContentOut(context.Response);
    }

    private static LiveEndpoint EndpointOf(ForwardedRequest request) =>
        request.Endpoint ?? throw new InvalidOperationException("A request is sent before its endpoint was chosen.");

    private string HostFor(HttpRequest request, LiveEndpoint endpoint, PreparedFilters? filters)
    {
        var host = hostHeader switch
        {
            _ when filters?.Hostname is { } rewritten => rewritten,
            HostHeader.Literal literal => literal.Value,
            HostHeader.Backend => endpoint.Identity.ServerName ?? endpoint.Address.Authority,
            _ => RequestHost.Of(request),
        };

        // HTTP/2 pools are kept by Host, case included: spellings of one name must share one.
        return protocol == BackendProtocol.Http11 ? host : host.ToLowerInvariant();
    }
}
