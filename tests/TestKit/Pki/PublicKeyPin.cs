using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.TestKit.Pki;

/// <summary>The pin of a certificate's key, as manifests have it (RFC 7469, 2.4).</summary>
public static class PublicKeyPin
{
    public static string Of(X509Certificate2 certificate) =>
        $"sha256/{Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()))}";
}
