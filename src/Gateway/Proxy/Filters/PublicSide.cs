using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>How a client reached the gateway, and what the backend was called.</summary>
/// <param name="Scheme">Of the client's request.</param>
/// <param name="Host">Of the client's request, with its port.</param>
/// <param name="HostSent">The Host header that the backend received.</param>
internal readonly record struct PublicSide(string Scheme, string Host, string HostSent)
{
    /// <summary>As a listed proxy in front says, else as the request came: what backends are told is what was believed.</summary>
    public static PublicSide Of(HttpRequest request, string hostSent)
    {
        var proto = request.Headers[VouchedHeaders.Proto].ToString();
        var host = request.Headers[VouchedHeaders.Host].ToString();

        return new PublicSide(proto is "http" or "https" ? proto : request.Scheme, host.Length > 0 ? host : RequestHost.Of(request), hostSent);
    }
}
