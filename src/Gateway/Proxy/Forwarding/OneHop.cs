using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>
/// What the Connection header of a response names is for the next hop alone (RFC 9110, 7.6.1). The forwarder drops the well-known ones; these are
/// those that only the message itself knows of.
/// </summary>
internal static class OneHop
{
    // Framing, the Host and an upgrade are settled elsewhere: whoever could remove them here would change what the other end reads.
    private static readonly FrozenSet<string> SettledElsewhere = new[]
    {
        HeaderNames.Host, HeaderNames.ContentLength, HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.Connection, HeaderNames.KeepAlive, "close",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static void Remove(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.Contains(HeaderNames.Connection))
        {
            return;
        }

        foreach (var named in headers.Connection.Where(name => !SettledElsewhere.Contains(name)).ToArray())
        {
            headers.Remove(named);
        }
    }
}
