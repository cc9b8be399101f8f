using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Operator.Identity;

/// <summary>A short-lived certificate of the operator's own address, ready for handshakes. Its key is in memory only.</summary>
/// <param name="Handshake">What an earlier one gave is not disposed: handshakes may still run with it.</param>
/// <param name="RenewAt">When two thirds of its life are over.</param>
/// <param name="Generation">The subject of the authority that issued it.</param>
internal sealed record LinkLeaf(SslServerAuthenticationOptions Handshake, DateTimeOffset RenewAt, string Generation)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    public static LinkLeaf Issue(LinkAuthority authority, SubjectAlternativeNameBuilder names, DateTimeOffset now)
    {
        var certificate = authority.Issue(names, now - Skew, now - Skew + Lifetime);
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };

        return new LinkLeaf(handshake, now + (Lifetime * 2 / 3), authority.Subject);
    }
}
