using System.Formats.Asn1;

namespace Portcullis.Gateway.Trust;

/// <summary>How the kinds of names that a backend can be verified by are marked in certificates (GeneralName, RFC 5280, 4.2.1.6).</summary>
internal static class GeneralNameTag
{
    public static Asn1Tag Dns { get; } = new(TagClass.ContextSpecific, 2);

    public static Asn1Tag Uri { get; } = new(TagClass.ContextSpecific, 6);

    public static Asn1Tag Ip { get; } = new(TagClass.ContextSpecific, 7);
}
