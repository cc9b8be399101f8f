using System.Security.Cryptography;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

public sealed class StrengthTests
{
    [Fact]
    public void Explicit_curve_parameters_are_refused_even_when_they_are_those_of_P256()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var written = ECDsa.Create(key.ExportExplicitParameters(includePrivateParameters: false));
        using var leaf = TestAuthority.SelfSigned(
            CertificateRecipe.ForServer("shop.test") with { Key = TestKey.Disguised(KeyKind.EcP256, written.ExportSubjectPublicKeyInfo()) });

        var refusal = Strength.OfKey(CertificateFields.Of(leaf), "shop.test");

        Assert.Equal(new Refusal(VerdictReason.WeakKey, "\"shop.test\" has a key on a curve given by explicit parameters"), refusal);
    }

    [Theory]
    [InlineData(KeyKind.EcP256)]
    [InlineData(KeyKind.EcP384)]
    [InlineData(KeyKind.EcP521)]
    [InlineData(KeyKind.Rsa2048)]
    [InlineData(KeyKind.Ed25519)]
    public void A_strong_key_and_signature_raise_no_objection(KeyKind kind)
    {
        using var leaf = TestAuthority.SelfSigned(CertificateRecipe.ForServer("shop.test") with { KeyKind = kind });

        Assert.Null(Strength.OfKey(CertificateFields.Of(leaf), "shop.test"));
        Assert.Null(Strength.OfSignature(CertificateFields.Of(leaf), "shop.test"));
    }

    [Theory]
    [InlineData("1.2.840.113549.1.1.4", "MD5")]
    [InlineData("1.2.840.113549.1.1.5", "SHA-1")]
    [InlineData("1.2.840.10045.4.1", "SHA-1")]
    [InlineData("1.2.840.113549.1.1.14", "SHA-224")]
    [InlineData("1.2.840.10045.4.3.1", "SHA-224")]
    [InlineData("1.2.840.113549.1.1.10", "RSA-PSS over a weak hash")]
    [InlineData("1.2.3.4", "the algorithm 1.2.3.4")]
    public void A_weak_signature_is_named(string identifier, string name)
    {
        var refusal = Strength.OfSignature(Fields(signature: identifier), "shop.test");

        Assert.Equal(new Refusal(VerdictReason.WeakSignature, $"\"shop.test\" is signed with {name}"), refusal);
    }

    [Theory]
    [InlineData("1.2.840.113549.1.1.11")]
    [InlineData("1.2.840.113549.1.1.12")]
    [InlineData("1.2.840.113549.1.1.13")]
    [InlineData("1.2.840.10045.4.3.2")]
    [InlineData("1.2.840.10045.4.3.3")]
    [InlineData("1.2.840.10045.4.3.4")]
    [InlineData("1.3.101.112")]
    [InlineData("1.3.101.113")]
    public void A_strong_signature_raises_no_objection(string identifier) => Assert.Null(Strength.OfSignature(Fields(signature: identifier), "shop.test"));

    [Theory]
    [InlineData("1.3.101.112")]
    [InlineData("1.3.101.113")]
    public void An_Edwards_key_raises_no_objection(string identifier) => Assert.Null(Strength.OfKey(Fields(key: identifier), "shop.test"));

    [Theory]
    [InlineData("1.2.840.10040.4.1", "a key of type DSA")]
    [InlineData("1.2.3.4", "a key of type 1.2.3.4")]
    public void An_unknown_key_is_named(string identifier, string what) =>
        Assert.Equal(new Refusal(VerdictReason.WeakKey, $"\"shop.test\" has {what}"), Strength.OfKey(Fields(key: identifier), "shop.test"));

    [Theory]
    [InlineData("1.2.840.10045.3.1.1", "P-192")]
    [InlineData("1.3.132.0.33", "P-224")]
    [InlineData("1.3.132.0.10", "secp256k1")]
    [InlineData("1.3.36.3.3.2.8.1.1.7", "1.3.36.3.3.2.8.1.1.7")]
    public void An_unwanted_curve_is_named(string identifier, string name) => Assert.Equal(
        new Refusal(VerdictReason.WeakKey, $"\"shop.test\" has a key on the curve {name}"), Strength.OfKey(Fields(curve: identifier), "shop.test"));

    [Theory]
    [InlineData("3000")] // no parameters: SHA-1 is meant
    [InlineData("3005A203020114")] // a salt length and nothing else
    [InlineData("300FA00D300B0609608648016503040204")] // SHA-224
    public void RSA_PSS_without_a_strong_hash_is_weak(string parameters)
    {
        var algorithm = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (algorithm.PushSequence())
        {
            algorithm.WriteObjectIdentifier("1.2.840.113549.1.1.10");
            algorithm.WriteEncodedValue(Convert.FromHexString(parameters));
        }

        var refusal = Strength.OfSignature(Fields() with { SignatureAlgorithm = algorithm.Encode() }, "shop.test");

        Assert.Equal(VerdictReason.WeakSignature, refusal?.Reason);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(65537, true)]
    [InlineData(1, false)]
    [InlineData(-3, false)]
    [InlineData(65536, false)]
    public void An_RSA_exponent_is_odd_and_at_least_3(int exponent, bool isStrong)
    {
        var key = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteInteger(System.Numerics.BigInteger.One << 2047 | 1);
            key.WriteInteger(exponent);
        }

        var info = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            using (info.PushSequence())
            {
                info.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                info.WriteNull();
            }

            info.WriteBitString(key.Encode());
        }

        Assert.Equal(isStrong, Strength.OfKey(Fields() with { SubjectPublicKeyInfo = info.Encode() }, "shop.test") is null);
    }

    private static CertificateFields Fields(string signature = "1.3.101.112", string key = "1.3.101.112", string? curve = null)
    {
        var algorithm = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (algorithm.PushSequence())
        {
            algorithm.WriteObjectIdentifier(signature);
        }

        var info = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            using (info.PushSequence())
            {
                info.WriteObjectIdentifier(curve is null ? key : "1.2.840.10045.2.1");
                if (curve is not null)
                {
                    info.WriteObjectIdentifier(curve);
                }
            }

            info.WriteBitString([0x04]);
        }

        return new CertificateFields { SignatureAlgorithm = algorithm.Encode(), SubjectPublicKeyInfo = info.Encode(), Extensions = [] };
    }
}
