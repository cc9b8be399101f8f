using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Contract;

namespace Portcullis.Gateway.Trust;

/// <summary>The names in a certificate's subjectAltName extension (RFC 5280, 4.2.1.6) of the kinds that a backend can be verified by.</summary>
internal static class SubjectAltNames
{
    private const string Identifier = "2.5.29.17";

    /// <exception cref="AsnContentException">The extension is not in DER.</exception>
    public static ImmutableArray<SubjectName> Of(X509Certificate2 certificate)
    {
        if (certificate.Extensions[Identifier] is not { } extension)
        {
            return [];
        }

        var names = ImmutableArray.CreateBuilder<SubjectName>();
        var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        while (sequence.HasData)
        {
            if (Read(sequence) is { } name)
            {
                names.Add(name);
            }
        }

        return names.ToImmutable();
    }

    private static SubjectName? Read(AsnReader names)
    {
        var tag = names.PeekTag();
        if (tag.HasSameClassAndValue(GeneralNameTag.Dns))
        {
            return new SubjectName(SubjectNameKind.Dns, Text(names.ReadOctetString(GeneralNameTag.Dns)));
        }

        if (tag.HasSameClassAndValue(GeneralNameTag.Uri))
        {
            return new SubjectName(SubjectNameKind.Uri, Text(names.ReadOctetString(GeneralNameTag.Uri)));
        }

        if (tag.HasSameClassAndValue(GeneralNameTag.Ip))
        {
            return names.ReadOctetString(GeneralNameTag.Ip) is { Length: 4 or 16 } address
                ? new SubjectName(SubjectNameKind.Ip, new IPAddress(address).ToString())
                : throw new AsnContentException("an iPAddress has neither 4 nor 16 octets");
        }

        names.ReadEncodedValue();
        return null;
    }

    // Latin-1 maps octets and characters one to one: comparing texts compares octets.
    private static string Text(byte[] octets) => Encoding.Latin1.GetString(octets);
}
