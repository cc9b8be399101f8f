using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>What a bundle needs to know of one certificate.</summary>
internal static class CertificateReading
{
    /// <summary>False for anything that is not exactly one well-formed certificate.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out BundleMember? member)
    {
        member = null;

        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der.Span);

            // Bytes behind the certificate would make two files of one certificate differ, and could be anything.
            if (certificate.RawDataMemory.Length == der.Length)
            {
                member = Read(certificate);
            }
        }
        catch (Exception malformed) when (malformed is CryptographicException or AsnContentException or ArgumentException)
        {
            // Whoever wrote the certificate chose what the parser stumbles over; the answer is the same.
        }

        return member is not null;
    }

    private static BundleMember Read(X509Certificate2 certificate) => new()
    {
        Sha256 = Digest.Of(certificate.RawDataMemory.Span),
        Role = RoleOf(certificate),
        Subject = certificate.Subject is { Length: > 0 } subject ? subject : "(no subject)",
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
        Pem = PemEncoding.WriteString("CERTIFICATE", certificate.RawDataMemory.Span) + "\n",
    };

    private static MemberRole RoleOf(X509Certificate2 certificate)
    {
        if (IsSelfIssued(certificate) && MayBeSignedByItself(certificate))
        {
            return MemberRole.Anchor;
        }

        return certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority)
            ? MemberRole.Intermediate
            : MemberRole.NotAnAnchor;
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>A CA's new certificate signed with its old key is self-issued too, but no chain can end there.</summary>
    private static bool MayBeSignedByItself(X509Certificate2 certificate)
    {
        var signer = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var own = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;

        return signer is not { } wanted || own is not { } has || wanted.Span.SequenceEqual(has.Span);
    }
}
