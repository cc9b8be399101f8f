using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Portcullis.Gateway.Mounts;

/// <summary>
/// The certificates of one mounted file, all of them or none: the library's own reading skips what it does not understand, and a bundle that
/// lost a certificate that way would look whole.
/// </summary>
internal static class BundlePem
{
    private const string Begin = "-----BEGIN";
    private const string Label = "CERTIFICATE";

    public static bool TryParse(
        ReadOnlySpan<byte> content, out ImmutableArray<X509Certificate2> certificates, [NotNullWhen(false)] out string? problem)
    {
        // PEM is ASCII; Latin-1 keeps every other byte visible (a byte order mark, say) instead of repairing it away.
        var text = Encoding.Latin1.GetString(content);
        certificates = [];
        problem = HoldsPrivateKey(text)
            ? "it holds a private key, which never belongs into a trust bundle; take it out of the source and replace the key, since it was shared"
            : Read(text, out certificates);

        return problem is null;
    }

    /// <summary>Every label of a private key ends so (RFC 7468, OpenSSL and OpenSSH forms); looked for everywhere, since a damaged block is still a key.</summary>
    private static bool HoldsPrivateKey(string text) => text.Contains("PRIVATE KEY", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong, never quoting the content; null when every block is one whole certificate.</summary>
    private static string? Read(string text, out ImmutableArray<X509Certificate2> certificates)
    {
        var found = ImmutableArray.CreateBuilder<X509Certificate2>();
        var blocks = 0;
        certificates = [];

        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            blocks++;

            if (!rest[fields.Label].SequenceEqual(Label) || !TryLoad(rest[fields.Base64Data], out var certificate))
            {
                return $"its block {blocks} is not a certificate";
            }

            if (!found.Any(known => known.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)))
            {
                found.Add(certificate);
            }
        }

        var announced = text.AsSpan().Count(Begin);

        if (announced != blocks)
        {
            return $"it has {announced} BEGIN lines but {blocks} whole blocks; it is cut short or damaged";
        }

        certificates = found.ToImmutable();
        return blocks == 0 ? "it holds no certificate" : null;
    }

    private static bool TryLoad(ReadOnlySpan<char> base64, [NotNullWhen(true)] out X509Certificate2? certificate)
    {
        certificate = null;

        try
        {
            var der = Convert.FromBase64String(base64.ToString());
            certificate = X509CertificateLoader.LoadCertificate(der);

            // The loader also takes PEM inside, and bytes after the certificate.
            return certificate.RawDataMemory.Span.SequenceEqual(der);
        }
        catch (Exception malformed) when (malformed is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
