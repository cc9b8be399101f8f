using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>A certificate as handshakes show it. Each connection remembers the one it was shown.</summary>
internal sealed class ShownCertificate(FrontCertificate certificate)
{
    public FrontCertificate Certificate => certificate;

    public SslServerAuthenticationOptions Options { get; } = new()
    {
        ServerCertificateContext = certificate.Context,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateRequired = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
    };

    public bool Covers(string host)
    {
        try
        {
            return host.Length > 0 && certificate.Leaf.MatchesHostname(host, allowWildcards: true, allowCommonName: false);
        }
        catch (Exception malformed) when (malformed is ArgumentException or CryptographicException)
        {
            // The client chose the name.
            return false;
        }
    }
}
