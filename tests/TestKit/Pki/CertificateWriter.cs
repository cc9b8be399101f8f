using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Contract;

namespace Portcullis.TestKit.Pki;

/// <summary>A recipe → DER (RFC 5280), checking nothing: <see cref="CertificateRequest"/> would refuse to make the certificates that must be refused.</summary>
internal static class CertificateWriter
{
    private static readonly Asn1Tag[] Context = [.. Enumerable.Range(0, 8).Select(number => new Asn1Tag(TagClass.ContextSpecific, number))];

    public static byte[] Write(CertificateRecipe recipe, TestKey subjectKey, X500DistinguishedName issuer, TestKey issuerKey)
    {
        var algorithm = issuerKey.SignatureAlgorithm(recipe.Hash, recipe.Pss);
        var content = Content(recipe, subjectKey, issuer, issuerKey, algorithm);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(content);
            writer.WriteEncodedValue(algorithm);
            writer.WriteBitString(issuerKey.Sign(content, recipe.Hash, recipe.Pss));
        }

        return writer.Encode();
    }

    private static byte[] Content(CertificateRecipe recipe, TestKey subjectKey, X500DistinguishedName issuer, TestKey issuerKey, byte[] algorithm)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (recipe.Version > 1)
            {
                using (writer.PushSequence(Context[0]))
                {
                    writer.WriteInteger(recipe.Version - 1);
                }
            }

            writer.WriteInteger(recipe.SerialNumber is { } serial ? serial.AsSpan() : RandomSerial());
            writer.WriteEncodedValue(algorithm);
            writer.WriteEncodedValue(issuer.RawData);
            using (writer.PushSequence())
            {
                WriteTime(writer, recipe.NotBefore);
                WriteTime(writer, recipe.NotAfter);
            }

            writer.WriteEncodedValue(new X500DistinguishedName(recipe.Subject).RawData);
            writer.WriteEncodedValue(subjectKey.SubjectPublicKeyInfo.Span);
            if (recipe.SubjectUniqueId is { } uniqueId)
            {
                writer.WriteBitString(uniqueId.AsSpan(), unusedBitCount: 0, Context[2]);
            }

            WriteExtensions(writer, [.. Extensions(recipe, subjectKey, issuerKey)], recipe.Version);
        }

        return writer.Encode();
    }

    private static byte[] RandomSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x3F | 0x40);
        return serial;
    }

    private static void WriteTime(AsnWriter writer, DateTimeOffset moment)
    {
        if (moment.Year < 2050)
        {
            writer.WriteUtcTime(moment);
            return;
        }

        writer.WriteGeneralizedTime(moment, omitFractionalSeconds: true);
    }

    private static void WriteExtensions(AsnWriter writer, X509Extension[] extensions, int version)
    {
        if (version == 1 || extensions.Length == 0)
        {
            return;
        }

        using (writer.PushSequence(Context[3]))
        using (writer.PushSequence())
        {
            foreach (var extension in extensions)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(extension.Oid!.Value!);
                    if (extension.Critical)
                    {
                        writer.WriteBoolean(true);
                    }

                    writer.WriteOctetString(extension.RawData);
                }
            }
        }
    }

    private static IEnumerable<X509Extension> Extensions(CertificateRecipe recipe, TestKey subjectKey, TestKey issuerKey)
    {
        if (recipe.IsAuthority is { } isAuthority)
        {
            yield return new X509BasicConstraintsExtension(isAuthority, recipe.PathLength is not null, recipe.PathLength ?? 0, critical: true);
        }

        if (recipe.KeyUsage is { } usage)
        {
            yield return new X509KeyUsageExtension(usage, critical: true);
        }

        if (!recipe.ExtendedKeyUsages.IsEmpty)
        {
            yield return new X509EnhancedKeyUsageExtension([.. recipe.ExtendedKeyUsages.Select(oid => new Oid(oid))], critical: false);
        }

        if (!recipe.SubjectAltNames.IsEmpty)
        {
            yield return SubjectAltNames(recipe);
        }

        if (!recipe.WithoutKeyIdentifiers)
        {
            yield return new X509SubjectKeyIdentifierExtension(subjectKey.Identifier, critical: false);
            yield return X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuerKey.Identifier);
        }

        foreach (var extension in recipe.Extensions)
        {
            yield return extension;
        }
    }

    private static X509Extension SubjectAltNames(CertificateRecipe recipe)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var name in recipe.SubjectAltNames)
            {
                WriteName(writer, name);
            }
        }

        // RFC 5280, 4.2.1.6: critical when the subject is empty.
        return new X509Extension("2.5.29.17", writer.Encode(), critical: recipe.Subject.Length == 0);
    }

    private static void WriteName(AsnWriter writer, SubjectName name)
    {
        switch (name.Kind)
        {
            case SubjectNameKind.Ip:
                writer.WriteOctetString(IPAddress.Parse(name.Value).GetAddressBytes(), Context[7]);
                break;
            case SubjectNameKind.Uri:
                writer.WriteOctetString(Encoding.UTF8.GetBytes(name.Value), Context[6]);
                break;
            default:
                writer.WriteOctetString(Encoding.UTF8.GetBytes(name.Value), Context[2]);
                break;
        }
    }
}
