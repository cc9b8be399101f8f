using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>Questions about one certificate that its own fields answer.</summary>
internal static class CertificateExtensions
{
    /// <summary>Subject and issuer are the same name.</summary>
    public static bool IsSelfIssued(this X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>basicConstraints says CA:TRUE.</summary>
    public static bool IsAuthority(this X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    /// <summary>keyUsage, when present, includes one of <paramref name="usages"/>.</summary>
    public static bool AllowsUsage(this X509Certificate2 certificate, X509KeyUsageFlags usages) =>
        certificate.Extensions.OfType<X509KeyUsageExtension>().All(extension => (extension.KeyUsages & usages) != 0);

    public static bool SameAs(this X509Certificate2 certificate, X509Certificate2 other) =>
        certificate.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);

    public static bool IsAmong(this X509Certificate2 certificate, IEnumerable<X509Certificate2> others) => others.Any(certificate.SameAs);

    public static bool NamedLike(this X509Certificate2 certificate, X500DistinguishedName name) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(name.RawData);

    public static DateTimeOffset ValidFrom(this X509Certificate2 certificate) => new(certificate.NotBefore.ToUniversalTime());

    public static DateTimeOffset ValidUntil(this X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    /// <summary>Upper-case hexadecimal; null without the extension.</summary>
    public static string? SubjectKeyId(this X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifier;

    /// <summary>Upper-case hexadecimal; null when the extension or its keyIdentifier is missing.</summary>
    public static string? IssuerKeyId(this X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } identifier
            ? Convert.ToHexString(identifier.Span)
            : null;

    /// <summary>Whether the key identifiers, where both are given, let <paramref name="issuer"/>'s key be the one that signed.</summary>
    public static bool MayBeSignedBy(this X509Certificate2 certificate, X509Certificate2 issuer) =>
        certificate.IssuerKeyId() is not { } wanted || issuer.SubjectKeyId() is not { } has || wanted == has;

    /// <summary>The common name, or the whole subject when it has none: how people call it.</summary>
    public static string DisplayName(this X509Certificate2 certificate) => DisplayName(certificate.SubjectName);

    public static string DisplayName(X500DistinguishedName name)
    {
        foreach (var part in name.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == "2.5.4.3" && part.GetSingleElementValue() is { Length: > 0 } commonName)
            {
                return commonName;
            }
        }

        return name.Name is { Length: > 0 } whole ? whole : "(empty subject)";
    }
}
