using System.Collections.ObjectModel;
using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.TestKit.Pki;

/// <summary>
/// A server context that sends just these certificates. The public factory sorts, completes and leaves out, so that a server that does it wrong
/// could not be played with it; the constructor behind it takes them as they are.
/// </summary>
public static class ExactServerContext
{
    /// <param name="sent">With its private key first, then whatever is sent with it.</param>
    public static SslStreamCertificateContext Sending(params IReadOnlyList<X509Certificate2> sent)
    {
        var constructor = typeof(SslStreamCertificateContext).GetConstructor(
            BindingFlags.NonPublic | BindingFlags.Instance,
            [typeof(X509Certificate2), typeof(ReadOnlyCollection<X509Certificate2>), typeof(SslCertificateTrust)])
            ?? throw new NotSupportedException("SslStreamCertificateContext has no such constructor in this version of .NET; find out what replaces it.");

        var context = (SslStreamCertificateContext)constructor.Invoke([sent[0], new ReadOnlyCollection<X509Certificate2>([.. sent.Skip(1)]), null]);

        // Otherwise an OCSP answer would be fetched from wherever the certificate says.
        typeof(SslStreamCertificateContext).GetMethod("SetNoOcspFetch", BindingFlags.NonPublic | BindingFlags.Instance)?.Invoke(context, [true]);
        return context;
    }
}
