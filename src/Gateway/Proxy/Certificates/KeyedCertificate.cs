using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Proxy.Certificates;

/// <summary>A certificate with its chain and key, ready for handshakes. Never disposed: a handshake may be using it.</summary>
internal sealed class KeyedCertificate
{
    private static readonly ImmutableHashSet<string> Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    /// <param name="leaf">With its key.</param>
    /// <param name="intermediates">Sent after it.</param>
    public KeyedCertificate(X509Certificate2 leaf, X509Certificate2Collection intermediates)
    {
        Leaf = leaf;

        // Built once: it finds the chain to send, which a plain certificate would leave out, and offline keeps it from fetching anything.
        Context = SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
    }

    public X509Certificate2 Leaf { get; }

    public SslStreamCertificateContext Context { get; }

    /// <param name="chainPem">Leaf first, then its intermediates; text around them is left alone.</param>
    /// <param name="keyPem">PKCS#8, PKCS#1 or SEC1, not encrypted.</param>
    /// <param name="problem">A phrase without a full stop that quotes nothing of the content (P9).</param>
    public static bool TryLoad(
        string chainPem, string keyPem, [NotNullWhen(true)] out KeyedCertificate? certificate, [NotNullWhen(false)] out string? problem)
    {
        certificate = null;
        problem = Read(chainPem, out var chain) ?? Weakness(chain[0]);

        return problem is null && TryJoin(chain, keyPem, out certificate, out problem);
    }

    /// <summary>Public facts only.</summary>
    public override string ToString() => $"{Leaf.Subject}, valid to {Leaf.NotAfter.ToUniversalTime():yyyy-MM-dd}";

    private static string? Read(string chainPem, out X509Certificate2Collection chain)
    {
        chain = [];

        try
        {
            chain.ImportFromPem(chainPem);
        }
        catch (CryptographicException)
        {
            return "one of its certificates cannot be read; it must hold PEM certificates, leaf first";
        }

        if (chain.Count == 0)
        {
            return "it holds no PEM certificate; it must hold the leaf and then its intermediates";
        }

        return chain.Count == chainPem.AsSpan().Count("-----BEGIN CERTIFICATE-----") ? null : "one of its certificates is cut short or damaged";
    }

    /// <summary>Handshakes with such a key fail on either side; better to keep the certificate that works.</summary>
    private static string? Weakness(X509Certificate2 leaf)
    {
        const string Refused = "peers refuse its key; use RSA with 2048 bits or more, or an EC key on P-256, P-384 or P-521";

        try
        {
            using var rsa = leaf.GetRSAPublicKey();
            using var ec = leaf.GetECDsaPublicKey();
            var curve = ec?.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;

            return rsa?.KeySize >= 2048 || (curve is not null && Curves.Contains(curve)) ? null : Refused;
        }
        catch (CryptographicException)
        {
            return Refused;
        }
    }

    private static bool TryJoin(
        X509Certificate2Collection chain, string keyPem, [NotNullWhen(true)] out KeyedCertificate? certificate, [NotNullWhen(false)] out string? problem)
    {
        certificate = null;
        problem = null;

        if (keyPem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            problem = "its private key is encrypted; give it without a passphrase";
            return false;
        }

        try
        {
            certificate = new KeyedCertificate(X509Certificate2.CreateFromPem(chain[0].ExportCertificatePem(), keyPem), [.. chain.Skip(1)]);
            return true;
        }
        catch (Exception mismatch) when (mismatch is CryptographicException or ArgumentException)
        {
            problem = $"its private key cannot be read or does not belong to the first certificate ({chain[0].Subject})";
            return false;
        }
    }
}
