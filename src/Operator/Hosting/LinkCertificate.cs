using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Operator.Hosting;

/// <summary>
/// The certificate of the operator's own address, made anew when two thirds of its short life are over. It is looked at in every handshake,
/// so it needs no timer, and its key is in memory only.
/// </summary>
internal sealed class LinkCertificate(string folder, IPAddress address, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private readonly Lock gate = new();
    private SslServerAuthenticationOptions? current;
    private DateTimeOffset renewAt;

    /// <summary>For one handshake, now. What earlier ones were given is not disposed: they may still run.</summary>
    public SslServerAuthenticationOptions ForHandshake()
    {
        var now = time.GetUtcNow();

        lock (gate)
        {
            if (current is null || now >= renewAt)
            {
                current = OptionsWith(Issue(now));
                renewAt = now + (Lifetime * 2 / 3);
            }

            return current;
        }
    }

    private X509Certificate2 Issue(DateTimeOffset now)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(address);

        return LinkAuthority.Open(folder, now).Issue(names, now - Skew, now - Skew + Lifetime);
    }

    private static SslServerAuthenticationOptions OptionsWith(X509Certificate2 certificate) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    };
}
