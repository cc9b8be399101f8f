using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>What .NET does not say about a certificate, read from its DER (RFC 5280, 4.1).</summary>
internal sealed record CertificateFields
{
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>AlgorithmIdentifier, whole.</summary>
    public required ReadOnlyMemory<byte> SignatureAlgorithm { get; init; }

    /// <summary>SubjectPublicKeyInfo, whole: what a pin is made of.</summary>
    public required ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; init; }

    /// <summary>Object identifiers, each once.</summary>
    public required ImmutableHashSet<string> Extensions { get; init; }

    /// <exception cref="AsnContentException">Not a certificate in DER, or an extension occurs twice: which one counts is anybody's guess.</exception>
    public static CertificateFields Of(X509Certificate2 certificate)
    {
        var reader = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
        var content = reader.ReadSequence();
        var signatureAlgorithm = reader.ReadEncodedValue();

        if (content.PeekTag() == VersionTag)
        {
            content.ReadEncodedValue();
        }

        content.ReadEncodedValue(); // serialNumber
        content.ReadEncodedValue(); // signature
        content.ReadEncodedValue(); // issuer
        content.ReadEncodedValue(); // validity
        content.ReadEncodedValue(); // subject

        return new CertificateFields
        {
            SignatureAlgorithm = signatureAlgorithm,
            SubjectPublicKeyInfo = content.ReadEncodedValue(),
            Extensions = ReadExtensions(content),
        };
    }

    private static ImmutableHashSet<string> ReadExtensions(AsnReader content)
    {
        var seen = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        while (content.HasData)
        {
            if (content.PeekTag() != ExtensionsTag)
            {
                content.ReadEncodedValue(); // issuerUniqueID, subjectUniqueID
                continue;
            }

            var extensions = content.ReadSequence(ExtensionsTag).ReadSequence();
            while (extensions.HasData)
            {
                var identifier = extensions.ReadSequence().ReadObjectIdentifier();
                if (!seen.Add(identifier))
                {
                    throw new AsnContentException($"extension {identifier} occurs twice");
                }
            }
        }

        return seen.ToImmutable();
    }
}
