using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.TestKit.Pki;

/// <summary>Certificates and keys as the files people mount.</summary>
public static class TestPem
{
    /// <summary>In the order given: leaf first for a chain file.</summary>
    public static string Certificates(params X509Certificate2[] certificates) =>
        string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    /// <summary>PKCS#8.</summary>
    public static string PrivateKey(X509Certificate2 certificate)
    {
        using var key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        return (key ?? throw new InvalidOperationException($"{certificate.Subject} carries no RSA or EC key.")).ExportPkcs8PrivateKeyPem();
    }
}
