using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Yarp.ReverseProxy.Forwarder;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>YARP's transforms of a rule, then the two things that are ours: the Host the backend sees and the endpoint the connector needs.</summary>
internal sealed class BackendTransformer(HttpTransformer inner, HostHeader hostHeader, BackendProtocol protocol) : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);

        var endpoint = ForwardedRequest.Of(httpContext).Endpoint ?? throw new InvalidOperationException("A request is sent before its endpoint was chosen.");
        proxyRequest.Headers.Remove(HeaderNames.Host);
        proxyRequest.Headers.TryAddWithoutValidation(HeaderNames.Host, HostFor(httpContext.Request, endpoint));
        proxyRequest.Options.Set(LiveEndpoint.OfRequest, endpoint);
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null)
        {
            OneHop.Remove(proxyResponse.Headers);
        }

        return inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);

    private string HostFor(HttpRequest request, LiveEndpoint endpoint)
    {
        var host = hostHeader switch
        {
            HostHeader.Literal literal => literal.Value,
            HostHeader.Backend => endpoint.Identity.ServerName ?? endpoint.Address.Authority,
            _ => request.Host.Value ?? endpoint.Address.Authority,
        };

        // HTTP/2 pools are kept by Host, case included: spellings of one name must share one.
        return protocol == BackendProtocol.Http11 ? host : host.ToLowerInvariant();
    }
}
