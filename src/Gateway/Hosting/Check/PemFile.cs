using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Hosting.Check;

/// <summary>Every certificate of a PEM text, or why it is not taken: the platform skips what it does not understand, silently.</summary>
internal static class PemFile
{
    private const string Begin = "-----BEGIN ";

    /// <exception cref="FormatException">Says what is wrong, without repeating the content.</exception>
    public static ImmutableArray<X509Certificate2> Certificates(string pem)
    {
        if (pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new FormatException("it contains a private key; give certificates only");
        }

        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new FormatException("a block in it is not a certificate");
        }

        var blocks = pem.AsSpan().Count(Begin);
        if (blocks == 0)
        {
            throw new FormatException("it contains no certificate (no line \"-----BEGIN CERTIFICATE-----\")");
        }

        return certificates.Count == blocks
            ? [.. certificates]
            : throw new FormatException($"{certificates.Count} of its {blocks} blocks are readable certificates");
    }
}
