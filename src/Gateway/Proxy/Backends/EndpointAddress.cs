using System.Net;
using System.Net.Sockets;

namespace Portcullis.Gateway.Proxy.Backends;

/// <summary>Where an endpoint is and with which scheme the HTTP client addresses it.</summary>
/// <param name="Scheme"><c>http</c> over our own TLS for HTTP/1.1, <c>https</c> over the same for HTTP/2, which the client does not speak otherwise.</param>
internal sealed record EndpointAddress(string Scheme, string Host, int Port)
{
    public bool IsHttp2 => Scheme == "https";

    /// <summary><c>host:port</c>, an IPv6 address in brackets.</summary>
    public string Authority => IPAddress.TryParse(Host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
        ? $"[{Host}]:{Port}"
        : $"{Host}:{Port}";

    /// <summary>As the forwarder is given it.</summary>
    public string Text => $"{Scheme}://{Authority}/";

    /// <summary>Whether the HTTP client, which spells hosts in its own way, means this address.</summary>
    public bool IsAt(DnsEndPoint dialed)
    {
        var uri = new Uri(Text);
        var host = dialed.Host.Trim('[', ']');

        return uri.Port == dialed.Port && (string.Equals(uri.IdnHost.Trim('[', ']'), host, StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.TryParse(Host, out var own) && address.Equals(own)));
    }
}
