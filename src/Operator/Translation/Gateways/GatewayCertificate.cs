using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Gateways;

/// <summary>The Secret of a gateway's declaration → the certificate it shows by default, or why there is none. No message quotes content (P9).</summary>
internal static class GatewayCertificate
{
    private const string ChainKey = "tls.crt";
    private const string PrivateKey = "tls.key";

    public static CertificateEntry? Find(ResourceKey secretKey, string field, ResourceSnapshot snapshot, List<Problem> problems)
    {
        if (!snapshot.Secrets.TryGetValue(secretKey, out var secret))
        {
            problems.Add(snapshot.FaultOf("Secret", secretKey) is { } unread
                ? ReadFaults.Of(unread, field, "Secret", secretKey)
                : new Problem(
                    ProblemReason.GatewayCertificateNotFound,
                    field,
                    $"Secret '{secretKey}' does not exist. Create it with type kubernetes.io/tls."));
            return null;
        }

        if (!SecretContent.TryFind(secret, ChainKey, out var chain) || !SecretContent.TryFind(secret, PrivateKey, out var key))
        {
            problems.Add(Unusable(secretKey, field, $"lacks the key {ChainKey} or {PrivateKey}", "Create it with type kubernetes.io/tls."));
            return null;
        }

        var (chainPem, keyPem, fault) = Read(Encoding.UTF8.GetString(chain), Encoding.UTF8.GetString(key));

        if (fault is not null)
        {
            problems.Add(Unusable(secretKey, field, fault, "Put the certificate that belongs to the key there, followed by its intermediates, both as PEM."));
            return null;
        }

        return new CertificateEntry { Certificate = secretKey, ChainPem = chainPem, PrivateKeyPem = keyPem };
    }

    private static (string Chain, string Key, string? Fault) Read(string chainText, string keyText)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(chainText);

            if (chain.Count == 0)
            {
                return ("", "", $"has no certificate in {ChainKey}");
            }

            // Throws when the key is of another certificate.
            using var pair = X509Certificate2.CreateFromPem(chainText, keyText);
            var chainPem = string.Concat(chain.Select(certificate => certificate.ExportCertificatePem() + "\n"));

            return KeyBlock(keyText) is { } keyPem ? (chainPem, keyPem, null) : ("", "", $"has no unencrypted private key in {PrivateKey}");
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException)
        {
            return ("", "", $"holds a certificate and a key that do not belong together, or that cannot be read");
        }
    }

    /// <summary>The key's own block only: what else is in the file is not needed by anybody.</summary>
    private static string? KeyBlock(string text)
    {
        var rest = text.AsSpan();

        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] is "PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY")
            {
                return rest[fields.Location].ToString() + "\n";
            }

            rest = rest[fields.Location.End..];
        }

        return null;
    }

    private static Problem Unusable(ResourceKey secret, string field, string fault, string remedy) =>
        new(ProblemReason.GatewayCertificateUnusable, field, $"Secret '{secret}' {fault}. {remedy}");
}
