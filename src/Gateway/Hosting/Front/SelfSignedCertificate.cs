using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Gateway.Proxy.Certificates;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>What a gateway shows that was given no certificate.</summary>
internal static class SelfSignedCertificate
{
    /// <summary>For a gateway that was given none; no client will accept it unasked.</summary>
    public static KeyedCertificate Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Portcullis self-signed", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));

        // Long, since nothing renews it while the process runs, and nobody relies on it.
        return new KeyedCertificate(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10)), []);
    }
}
