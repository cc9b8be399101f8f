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

    /// <summary>What is wrong, never quoting the content; null when every block is one whole certificate and nothing else is there.</summary>
    private static string? Read(string text, out ImmutableArray<X509Certificate2> certificates)
    {
        var found = ImmutableArray.CreateBuilder<X509Certificate2>();
        var rest = text.AsSpan();
        certificates = [];

        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (!IsComment(rest[..fields.Location.Start]))
            {
                return Damaged(found.Count);
            }

            if (!rest[fields.Label].SequenceEqual(Label) || !TryLoad(rest[fields.Base64Data], out var certificate))
            {
                return $"what follows its certificate {found.Count} is not a certificate";
            }

            found.Add(certificate);
            rest = rest[fields.Location.End..];
        }

        if (!IsComment(rest))
        {
            return Damaged(found.Count);
        }

        certificates = [.. found.DistinctBy(certificate => certificate.GetCertHashString(HashAlgorithmName.SHA256))];
        return certificates.IsEmpty ? "it holds no certificate" : null;
    }

    /// <summary>Blank lines and lines that start with <c>#</c>. Anything else may be what is left of a block.</summary>
    private static bool IsComment(ReadOnlySpan<char> text)
    {
        foreach (var line in text.EnumerateLines())
        {
            if (!line.IsWhiteSpace() && line[0] != '#')
            {
                return false;
            }
        }

        return true;
    }

    private static string Damaged(int whole) =>
        $"after {whole} whole certificates it is cut short or damaged; only PEM certificates, blank lines and lines that start with # may be in it";

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
        catch (Exception)
        {
            // Whatever a file makes the parser throw is a refusal of that file; the loop that holds every other bundle must live on.
            return false;
        }
    }
}
