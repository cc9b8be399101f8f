using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Numerics;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>Which signatures and keys are strong enough. X509Chain accepts MD5, RSA-512, P-192 and DSA.</summary>
internal static class Strength
{
    private const string RsaPss = "1.2.840.113549.1.1.10";
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const string EcKey = "1.2.840.10045.2.1";
    private const int SmallestModulus = 2048;

    private static readonly FrozenSet<string> Signatures = FrozenSet.Create(
        StringComparer.Ordinal,
        "1.2.840.113549.1.1.11", // sha256WithRSAEncryption
        "1.2.840.113549.1.1.12", // sha384WithRSAEncryption
        "1.2.840.113549.1.1.13", // sha512WithRSAEncryption
        "1.2.840.10045.4.3.2", // ecdsa-with-SHA256
        "1.2.840.10045.4.3.3", // ecdsa-with-SHA384
        "1.2.840.10045.4.3.4", // ecdsa-with-SHA512
        "1.3.101.112", // Ed25519
        "1.3.101.113"); // Ed448

    private static readonly FrozenSet<string> Hashes = FrozenSet.Create(
        StringComparer.Ordinal,
        "2.16.840.1.101.3.4.2.1", // SHA-256
        "2.16.840.1.101.3.4.2.2", // SHA-384
        "2.16.840.1.101.3.4.2.3"); // SHA-512

    private static readonly FrozenSet<string> Curves = FrozenSet.Create(
        StringComparer.Ordinal,
        "1.2.840.10045.3.1.7", // P-256
        "1.3.132.0.34", // P-384
        "1.3.132.0.35"); // P-521

    private static readonly FrozenSet<string> EdwardsKeys = FrozenSet.Create(StringComparer.Ordinal, "1.3.101.112", "1.3.101.113");

    public static Refusal? OfSignature(CertificateFields fields, string name)
    {
        var algorithm = new AsnReader(fields.SignatureAlgorithm, AsnEncodingRules.DER).ReadSequence();
        var identifier = algorithm.ReadObjectIdentifier();
        if (Signatures.Contains(identifier) || (identifier == RsaPss && IsStrongPss(algorithm)))
        {
            return null;
        }

        return new Refusal(VerdictReason.WeakSignature, $"\"{name}\" is signed with {SignatureName(identifier)}");
    }

    public static Refusal? OfKey(CertificateFields fields, string name)
    {
        var info = new AsnReader(fields.SubjectPublicKeyInfo, AsnEncodingRules.DER).ReadSequence();
        var algorithm = info.ReadSequence();
        var identifier = algorithm.ReadObjectIdentifier();

        return identifier switch
        {
            RsaKey or RsaPss => OfRsa(info.ReadBitString(out _), name),
            EcKey => OfCurve(algorithm, name),
            _ when EdwardsKeys.Contains(identifier) => null,
            _ => Weak(name, $"a key of type {KeyName(identifier)}"),
        };
    }

    private static bool IsStrongPss(AsnReader algorithm)
    {
        // Absent parameters, or parameters without a hash, mean SHA-1 (RFC 4055, 3.1).
        if (!algorithm.HasData)
        {
            return false;
        }

        var parameters = algorithm.ReadSequence();
        var hash = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        return parameters.HasData
            && parameters.PeekTag() == hash
            && Hashes.Contains(parameters.ReadSequence(hash).ReadSequence().ReadObjectIdentifier());
    }

    private static Refusal? OfRsa(byte[] encoded, string name)
    {
        var key = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        var modulus = key.ReadInteger();
        var exponent = key.ReadInteger();
        var size = (long)modulus.GetBitLength();

        if (modulus.Sign <= 0 || size < SmallestModulus || size % 8 != 0)
        {
            return Weak(name, $"an RSA key of {size} bits");
        }

        // With the exponent 1 every number is its own signature; an even one is no RSA key.
        return exponent < 3 || exponent.IsEven ? Weak(name, "an RSA key with an unusable exponent") : null;
    }

    private static Refusal? OfCurve(AsnReader algorithm, string name)
    {
        // Parameters written out instead of named can describe a curve on which anybody can sign.
        if (algorithm.PeekTag() != Asn1Tag.ObjectIdentifier)
        {
            return Weak(name, "a key on a curve given by explicit parameters");
        }

        var curve = algorithm.ReadObjectIdentifier();
        return Curves.Contains(curve) ? null : Weak(name, $"a key on the curve {CurveName(curve)}");
    }

    private static Refusal Weak(string name, string what) => new(VerdictReason.WeakKey, $"\"{name}\" has {what}");

    private static string SignatureName(string identifier) => identifier switch
    {
        "1.2.840.113549.1.1.4" => "MD5",
        "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" => "SHA-1",
        "1.2.840.113549.1.1.14" or "1.2.840.10045.4.3.1" => "SHA-224",
        RsaPss => "RSA-PSS over a weak hash",
        _ => $"the algorithm {identifier}",
    };

    private static string KeyName(string identifier) => identifier == "1.2.840.10040.4.1" ? "DSA" : identifier;

    private static string CurveName(string identifier) => identifier switch
    {
        "1.2.840.10045.3.1.1" => "P-192",
        "1.3.132.0.33" => "P-224",
        "1.3.132.0.10" => "secp256k1",
        _ => identifier,
    };
}
