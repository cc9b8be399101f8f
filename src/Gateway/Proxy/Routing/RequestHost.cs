using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Portcullis.Gateway.Proxy.Routing;

/// <summary>The name in a Host header or <c>:authority</c>.</summary>
internal static class RequestHost
{
    /// <summary>
    /// As it was sent, empty when it was not. <c>HttpRequest.Host</c> has letters in the place of <c>xn--</c>, where routes and certificates have what is sent, and throws at what
    /// only begins so.
    /// </summary>
    public static string Of(HttpRequest request) => request.Headers.Host.ToString();

    /// <summary>Without port, brackets and the trailing dot of a fully qualified name; empty when there is none.</summary>
    public static ReadOnlySpan<char> NameIn(ReadOnlySpan<char> host)
    {
        if (host.StartsWith('['))
        {
            var end = host.IndexOf(']');
            return end < 0 ? [] : host[1..end];
        }

        var colon = host.IndexOf(':');
        var name = colon < 0 ? host : host[..colon];

        return name.EndsWith('.') ? name[..^1] : name;
    }

    /// <summary>As it was written, an IPv6 address in its brackets.</summary>
    public static string WithoutPort(string host) => PortSeparator(host) is var colon && colon < 0 ? host : host[..colon];

    /// <summary>Null when there is none.</summary>
    public static int? PortIn(string host) =>
        PortSeparator(host) is var colon && colon >= 0
        && int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    private static int PortSeparator(string host) => host.LastIndexOf(':') is var colon && colon > host.LastIndexOf(']') ? colon : -1;
}
