using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace Portcullis.TestKit.Pki;

/// <summary>Ed25519 (RFC 8032, 5.1) for signing test certificates, which the platform cannot. Not constant in time: never for real keys.</summary>
internal sealed class Ed25519Key : AsymmetricAlgorithm
{
    public const string Identifier = "1.3.101.112";

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);
    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));
    private static readonly (BigInteger X, BigInteger Y, BigInteger Z, BigInteger T) Base = Point(
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202", null),
        BigInteger.Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960", null));

    private readonly BigInteger scalar;
    private readonly byte[] prefix;
    private readonly byte[] publicKey;

    public Ed25519Key()
    {
        var expanded = SHA512.HashData(RandomNumberGenerator.GetBytes(32));
        expanded[0] &= 0xF8;
        expanded[31] = (byte)(expanded[31] & 0x7F | 0x40);
        scalar = Number(expanded.AsSpan(0, 32));
        prefix = expanded[32..];
        publicKey = Encode(Multiply(scalar, Base));
    }

    public override byte[] ExportSubjectPublicKeyInfo()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Identifier);
            }

            writer.WriteBitString(publicKey);
        }

        return writer.Encode();
    }

    public byte[] Sign(byte[] content)
    {
        var nonce = Number(SHA512.HashData([.. prefix, .. content])) % Order;
        var commitment = Encode(Multiply(nonce, Base));
        var challenge = Number(SHA512.HashData([.. commitment, .. publicKey, .. content])) % Order;
        return [.. commitment, .. Octets((nonce + (challenge * scalar)) % Order)];
    }

    private static BigInteger Mod(BigInteger value) => ((value % P) + P) % P;

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(value, P - 2, P);

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    private static byte[] Octets(BigInteger number)
    {
        var octets = new byte[32];
        number.TryWriteBytes(octets, out _, isUnsigned: true);
        return octets;
    }

    private static (BigInteger X, BigInteger Y, BigInteger Z, BigInteger T) Point(BigInteger x, BigInteger y) => (x, y, 1, Mod(x * y));

    private static (BigInteger X, BigInteger Y, BigInteger Z, BigInteger T) Add(
        (BigInteger X, BigInteger Y, BigInteger Z, BigInteger T) one, (BigInteger X, BigInteger Y, BigInteger Z, BigInteger T) other)
    {
        var a = Mod((one.Y - one.X) * (other.Y - other.X));
        var b = Mod((one.Y + one.X) * (other.Y + other.X));
        var c = Mod(2 * one.T * other.T * D);
        var d = Mod(2 * one.Z * other.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return (Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static (BigInteger X, BigInteger Y, BigInteger Z, BigInteger T) Multiply(
        BigInteger factor, (BigInteger X, BigInteger Y, BigInteger Z, BigInteger T) point)
    {
        var sum = Point(0, 1);
        for (; factor > 0; factor >>= 1)
        {
            sum = factor.IsEven ? sum : Add(sum, point);
            point = Add(point, point);
        }

        return sum;
    }

    private static byte[] Encode((BigInteger X, BigInteger Y, BigInteger Z, BigInteger T) point)
    {
        var inverse = Inverse(point.Z);
        var encoded = Octets(Mod(point.Y * inverse));
        encoded[31] |= Mod(point.X * inverse).IsEven ? (byte)0 : (byte)0x80;
        return encoded;
    }
}
