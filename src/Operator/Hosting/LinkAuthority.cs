using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Operator.Hosting;

/// <summary>
/// The authority under which the operator's own address is served to gateways without a cluster: <c>ca.crt</c> for them, <c>ca.key</c> for
/// nobody. A new generation gets a subject of its own, because two roots of one subject hide each other, and <c>ca.crt</c> names both
/// until the older one has expired.
/// </summary>
internal sealed class LinkAuthority
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(60);
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);
    private readonly X509Certificate2 signer;

    private LinkAuthority(X509Certificate2 signer) => this.signer = signer;

    /// <summary>The one in the folder, or a new generation when there is none or it comes to its end.</summary>
    /// <exception cref="InvalidDataException">The folder holds something that this program did not write.</exception>
    public static LinkAuthority Open(string folder, DateTimeOffset now)
    {
        var (certificateFile, keyFile) = (Path.Combine(folder, "ca.crt"), Path.Combine(folder, "ca.key"));
        var known = File.Exists(certificateFile) ? Certificates(certificateFile) : [];
        var signer = File.Exists(keyFile) && known.Count > 0 ? Signer(known, keyFile) : null;

        if (signer is not null && now + RenewBefore < signer.NotAfter)
        {
            return new LinkAuthority(signer);
        }

        var created = Create(now);
        var valid = known.Where(certificate => certificate.NotAfter > now.UtcDateTime);

        // Certificates first: after a crash in between, the old key still finds its certificate here.
        OwnerOnlyFile.Write(certificateFile, string.Concat(valid.Prepend(created).Select(certificate => certificate.ExportCertificatePem() + "\n")));
        OwnerOnlyFile.Write(keyFile, KeyOf(created));

        return new LinkAuthority(created);
    }

    /// <summary>A certificate for exactly these names.</summary>
    public X509Certificate2 Issue(SubjectAlternativeNameBuilder names, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Portcullis operator", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([Oid.FromOidValue("1.3.6.1.5.5.7.3.1", OidGroup.EnhancedKeyUsage)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(signer, includeKeyIdentifier: true, includeIssuerAndSerial: false));

        using var certificate = request.Create(signer, notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Certificate2Collection Certificates(string file)
    {
        var certificates = new X509Certificate2Collection();

        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (CryptographicException malformed)
        {
            throw new InvalidDataException($"'{file}' is not the certificate file that this program wrote. Delete it, and a new authority is made; gateways then need the new file.", malformed);
        }

        return certificates;
    }

    private static X509Certificate2? Signer(X509Certificate2Collection known, string keyFile)
    {
        using var key = ECDsa.Create();

        try
        {
            key.ImportFromPem(OwnerOnlyFile.Read(keyFile));
        }
        catch (Exception malformed) when (malformed is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"'{keyFile}' is not the key file that this program wrote. Delete it, and a new authority is made.", malformed);
        }

        var mine = key.ExportSubjectPublicKeyInfo();
        return known.FirstOrDefault(certificate => certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(mine))?.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var generation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var request = new CertificateRequest($"CN=Portcullis link {now:yyyy-MM-dd} {generation}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        return request.CreateSelfSigned(now - Skew, now + Lifetime);
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }
}
