using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.TestKit.Pki;

/// <summary>A key pair that signs certificates, with the algorithms that must be refused included.</summary>
public sealed class TestKey : IDisposable
{
    private readonly AsymmetricAlgorithm algorithm;
    private byte[]? disguise;

    private TestKey(AsymmetricAlgorithm algorithm) => this.algorithm = algorithm;

    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => disguise ?? algorithm.ExportSubjectPublicKeyInfo();

    /// <summary>RFC 7093, method 1: the leftmost 160 bits of SHA-256.</summary>
    internal byte[] Identifier => SHA256.HashData(SubjectPublicKeyInfo.Span)[..20];

    public static TestKey Create(KeyKind kind) => new(kind switch
    {
        KeyKind.EcP256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        KeyKind.EcP384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        KeyKind.EcP521 => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        KeyKind.EcP192 => ECDsa.Create(ECCurve.CreateFromValue("1.2.840.10045.3.1.1")),
        KeyKind.EcSecp256k1 => ECDsa.Create(ECCurve.CreateFromValue("1.3.132.0.10")),
        KeyKind.Rsa512 => RSA.Create(512),
        KeyKind.Rsa1024 => RSA.Create(1024),
        KeyKind.Rsa2048 => RSA.Create(2048),
        KeyKind.Rsa3072 => RSA.Create(3072),
        KeyKind.Rsa4096 => RSA.Create(4096),
        KeyKind.Dsa1024 => DSA.Create(1024),
        KeyKind.Ed25519 => new Ed25519Key(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    });

    public string ExportPem() => algorithm.ExportPkcs8PrivateKeyPem();

    /// <summary>A key whose SubjectPublicKeyInfo says <paramref name="written"/> while it signs as what it is.</summary>
    public static TestKey Disguised(KeyKind kind, byte[] written) => new(Create(kind).algorithm) { disguise = written };

    public void Dispose() => algorithm.Dispose();

    internal byte[] Sign(byte[] content, HashAlgorithmName hash, bool pss) => algorithm switch
    {
        RSA rsa => rsa.SignData(content, hash, pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
        ECDsa ec => ec.SignData(content, hash, DSASignatureFormat.Rfc3279DerSequence),
        DSA dsa => dsa.SignData(content, hash, DSASignatureFormat.Rfc3279DerSequence),
        Ed25519Key edwards => edwards.Sign(content),
        _ => throw new NotSupportedException(algorithm.GetType().Name),
    };

    internal byte[] SignatureAlgorithm(HashAlgorithmName hash, bool pss)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(SignatureIdentifier(hash, pss));
            if (algorithm is RSA && pss)
            {
                WritePssParameters(writer, hash);
            }
            else if (algorithm is RSA)
            {
                writer.WriteNull();
            }
        }

        return writer.Encode();
    }

    internal X509Certificate2 AttachTo(X509Certificate2 certificate) => algorithm switch
    {
        _ when disguise is not null => certificate,
        RSA rsa => certificate.CopyWithPrivateKey(rsa),
        ECDsa ec => certificate.CopyWithPrivateKey(ec),
        DSA dsa => certificate.CopyWithPrivateKey(dsa),
        // The platform has no such key: the certificate can be judged but not served.
        Ed25519Key => certificate,
        _ => throw new NotSupportedException(algorithm.GetType().Name),
    };

    private static void WritePssParameters(AsnWriter writer, HashAlgorithmName hash)
    {
        var (identifier, saltLength) = hash.Name switch
        {
            "SHA1" => ("1.3.14.3.2.26", 20),
            "SHA256" => ("2.16.840.1.101.3.4.2.1", 32),
            "SHA384" => ("2.16.840.1.101.3.4.2.2", 48),
            "SHA512" => ("2.16.840.1.101.3.4.2.3", 64),
            _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, null),
        };

        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                WriteHash(writer, identifier);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.8");
                WriteHash(writer, identifier);
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            {
                writer.WriteInteger(saltLength);
            }
        }
    }

    private static void WriteHash(AsnWriter writer, string identifier)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(identifier);
            writer.WriteNull();
        }
    }

    private string SignatureIdentifier(HashAlgorithmName hash, bool pss) => (algorithm, hash.Name) switch
    {
        (Ed25519Key, _) => Ed25519Key.Identifier,
        (RSA, _) when pss => "1.2.840.113549.1.1.10",
        (RSA, "MD5") => "1.2.840.113549.1.1.4",
        (RSA, "SHA1") => "1.2.840.113549.1.1.5",
        (RSA, "SHA256") => "1.2.840.113549.1.1.11",
        (RSA, "SHA384") => "1.2.840.113549.1.1.12",
        (RSA, "SHA512") => "1.2.840.113549.1.1.13",
        (ECDsa, "SHA1") => "1.2.840.10045.4.1",
        (ECDsa, "SHA256") => "1.2.840.10045.4.3.2",
        (ECDsa, "SHA384") => "1.2.840.10045.4.3.3",
        (ECDsa, "SHA512") => "1.2.840.10045.4.3.4",
        (DSA, "SHA256") => "2.16.840.1.101.3.4.3.2",
        _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, null),
    };
}
