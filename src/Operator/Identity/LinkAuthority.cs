using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Operator.Identity;

/// <summary>
/// The authority under which the operator's own address is served to gateways, wherever it is kept: certificates for them, a key for nobody. A new
/// generation gets a subject of its own, because two roots of one subject hide each other.
/// </summary>
internal sealed class LinkAuthority
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(60);
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);
    private readonly X509Certificate2 signer;

    private LinkAuthority(X509Certificate2 signer, ImmutableArray<X509Certificate2> certificates) => (this.signer, Certificates) = (signer, certificates);

    /// <summary>Of this generation and of those before it that may still be in use.</summary>
    public ImmutableArray<X509Certificate2> Certificates { get; }

    /// <summary>Tells this generation from others.</summary>
    public string Subject => signer.Subject;

    /// <summary>When this generation was made.</summary>
    public DateTimeOffset Since => new DateTimeOffset(signer.NotBefore.ToUniversalTime(), TimeSpan.Zero) + Skew;

    public string CertificatesPem => PemOf(Certificates);

    /// <summary>For the place where it is kept, and nowhere else (P9).</summary>
    public string KeyPem
    {
        get
        {
            using var key = signer.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem() + "\n";
        }
    }

    /// <summary>A new generation, with those before it that have not expired.</summary>
    public static LinkAuthority Create(IEnumerable<X509Certificate2> before, DateTimeOffset now)
    {
        var created = CreateSigner(now);
        return new LinkAuthority(created, [created, .. before.Where(certificate => certificate.NotAfter > now.UtcDateTime)]);
    }

    /// <summary>What was kept; null when none of the certificates is of this key.</summary>
    /// <exception cref="CryptographicException">It is not what this program wrote.</exception>
    public static LinkAuthority? Find(ImmutableArray<X509Certificate2> certificates, string keyPem)
    {
        using var key = ECDsa.Create();

        try
        {
            key.ImportFromPem(keyPem);
        }
        catch (ArgumentException)
        {
            // Its message could quote what was in place of a key.
            throw new CryptographicException("it is not one private key in PEM form");
        }

        var mine = key.ExportSubjectPublicKeyInfo();
        var signer = certificates.FirstOrDefault(certificate => certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(mine));

        return signer is null ? null : new LinkAuthority(signer.CopyWithPrivateKey(key), certificates);
    }

    /// <exception cref="CryptographicException">It is not what this program wrote.</exception>
    public static ImmutableArray<X509Certificate2> CertificatesIn(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return [.. certificates];
    }

    public static string PemOf(IEnumerable<X509Certificate2> certificates) =>
        string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    /// <summary>Whether the next generation should be made, so that there is time for it to reach every gateway.</summary>
    public bool IsEnding(DateTimeOffset now) => now + RenewBefore >= signer.NotAfter;

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

    private static X509Certificate2 CreateSigner(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var generation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var request = new CertificateRequest($"CN=Portcullis link {now:yyyy-MM-dd} {generation}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        return request.CreateSelfSigned(now - Skew, now + Lifetime);
    }
}
