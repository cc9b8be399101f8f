using System.Security.Cryptography.X509Certificates;
using Portcullis.TestKit.Backends;

namespace Portcullis.TestKit.Peers;

/// <summary>One server block of a web server: what it presents on a port for a name.</summary>
/// <param name="Port">On 127.0.0.1.</param>
/// <param name="ServerName">The virtual host; the first site of a port is its default.</param>
/// <param name="Chain">Null serves plain HTTP.</param>
public sealed record PeerSite(int Port, string ServerName, PresentedChain? Chain)
{
    /// <summary>Clients must present a certificate that leads to this root; null asks for none.</summary>
    public X509Certificate2? ClientRoot { get; init; }

    /// <summary>The port on 127.0.0.1 of an application that nginx asks, in plain HTTP, instead of serving files.</summary>
    public int? Application { get; init; }
}
