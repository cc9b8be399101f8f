using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>Certificates as evidence: bounded, and made of whatever can be read.</summary>
internal static class CertificateSummary
{
    private const int MostCertificates = 10;
    private const int MostNames = 10;
    private const int LongestText = 256;

    /// <summary>Those that can be read: evidence about a malformed certificate must not fail because it is malformed.</summary>
    public static ImmutableArray<CertificateFacts> OfMany(IEnumerable<X509Certificate2> certificates) =>
        [.. certificates.Take(MostCertificates).SelectMany(certificate => Readable(() => ImmutableArray.Create(Of(certificate)), otherwise: []))];

    public static ImmutableArray<string> SubjectsOf(IEnumerable<X509Certificate2> certificates) =>
        [.. certificates.SelectMany(certificate => Readable(() => ImmutableArray.Create(Bounded(certificate.Subject)), otherwise: []))];

    public static CertificateFacts Of(X509Certificate2 certificate) => new()
    {
        Subject = Bounded(certificate.Subject),
        Issuer = Bounded(certificate.Issuer),
        SerialNumber = Bounded(certificate.SerialNumber),
        NotBefore = certificate.ValidFrom(),
        NotAfter = certificate.ValidUntil(),
        Sha256 = Digest.Of(certificate.RawDataMemory.Span),
        PublicKeyPin = Readable(() => IdentityRules.PinOf(certificate), otherwise: null),
        SubjectAltNames = Readable(() => Names(certificate), otherwise: []),
    };

    private static ImmutableArray<SubjectName> Names(X509Certificate2 certificate) =>
        [.. SubjectAltNames.Of(certificate).Take(MostNames).Select(name => name with { Value = Bounded(name.Value) })];

    private static T Readable<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (Exception malformed) when (malformed is AsnContentException or CryptographicException)
        {
            return otherwise;
        }
    }

    private static string Bounded(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
