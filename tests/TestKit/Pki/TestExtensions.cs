using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Portcullis.TestKit.Pki;

/// <summary>Extensions .NET has no writer for.</summary>
public static class TestExtensions
{
    /// <summary>nameConstraints (RFC 5280, 4.2.1.10) over DNS names and, with a slash, networks such as <c>10.0.0.0/8</c>.</summary>
    public static X509Extension NameConstraints(string[]? permitted = null, string[]? excluded = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteSubtrees(writer, 0, permitted);
            WriteSubtrees(writer, 1, excluded);
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    /// <summary>A critical extension nobody knows.</summary>
    public static X509Extension UnknownCritical() => new("1.3.6.1.4.1.55555.1", [0x05, 0x00], critical: true);

    /// <summary>authorityInfoAccess with a caIssuers address: what a peer would have its verifier fetch.</summary>
    public static X509Extension IssuerAddress(Uri address)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.2");
            writer.WriteCharacterString(UniversalTagNumber.IA5String, address.AbsoluteUri, new Asn1Tag(TagClass.ContextSpecific, 6));
        }

        return new X509Extension("1.3.6.1.5.5.7.1.1", writer.Encode(), critical: false);
    }

    private static void WriteSubtrees(AsnWriter writer, int tag, string[]? subtrees)
    {
        if (subtrees is null)
        {
            return;
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag)))
        {
            foreach (var subtree in subtrees)
            {
                using (writer.PushSequence())
                {
                    WriteSubtree(writer, subtree);
                }
            }
        }
    }

    private static void WriteSubtree(AsnWriter writer, string subtree)
    {
        if (!subtree.Contains('/', StringComparison.Ordinal))
        {
            writer.WriteOctetString(Encoding.ASCII.GetBytes(subtree), new Asn1Tag(TagClass.ContextSpecific, 2));
            return;
        }

        var network = IPNetwork.Parse(subtree);
        var address = network.BaseAddress.GetAddressBytes();
        var mask = address.Select((_, index) => (byte)(0xFF00 >> Math.Clamp(network.PrefixLength - (index * 8), 0, 8)));
        writer.WriteOctetString([.. address, .. mask], new Asn1Tag(TagClass.ContextSpecific, 7));
    }
}
