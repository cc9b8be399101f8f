using Portcullis.Gateway.Proxy.Answers;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Refuses a request for a host on a connection that was shown another host's certificate (RFC 9110, section 15.5.20): browsers share HTTP/2 connections between
/// hosts of one certificate, and retry elsewhere when told 421. Where there is no better connection the request is served: when the host would be shown the same certificate
/// anyway, to a client that names no host in its handshake, and to a listed proxy, which has one connection for all its clients.
/// </summary>
internal static class Misdirection
{
    public static bool IsIn(HttpContext context, CertificateTable table, ForwardedHeaders proxies)
    {
        if (context.Features.Get<ShownCertificate>() is not { } shown || proxies.IsTrusted(context.Connection.RemoteIpAddress))
        {
            return false;
        }

        var host = RequestHost.NameIn(RequestHost.Of(context.Request));

        return !ReferenceEquals(table.Find(host), shown) && !shown.Covers(host.ToString());
    }

    public static Task RefuseAsync(HttpContext context) => AnswerWriter.WriteAsync(context, Answer.Misdirected);
}
