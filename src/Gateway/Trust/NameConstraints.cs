using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Portcullis.Contract;

namespace Portcullis.Gateway.Trust;

/// <summary>
/// The nameConstraints of one issuer (RFC 5280, 4.2.1.10), for holding the verified name against: X509Chain holds the certificate's own
/// entries against them, and a wildcard entry slips past an exclusion of what it matches.
/// </summary>
internal sealed record NameConstraints
{
    private const string Identifier = "2.5.29.30";
    private static readonly Asn1Tag PermittedTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExcludedTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public required ImmutableArray<NameConstraint> Permitted { get; init; }

    public required ImmutableArray<NameConstraint> Excluded { get; init; }

    /// <summary>Null when the certificate has none.</summary>
    /// <exception cref="AsnContentException">The extension is malformed, or a constraint in it is.</exception>
    public static NameConstraints? Of(X509Certificate2 issuer)
    {
        if (issuer.Extensions[Identifier] is not { } extension)
        {
            return null;
        }

        var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER);
        var constraints = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (!constraints.HasData)
        {
            throw new AsnContentException("nameConstraints are empty");
        }

        return new NameConstraints { Permitted = Read(constraints, PermittedTag), Excluded = Read(constraints, ExcludedTag) };
    }

    /// <summary>The constraint that <paramref name="name"/> breaks, in words; null when it keeps them all.</summary>
    public string? BrokenBy(SubjectName name)
    {
        if (Excluded.FirstOrDefault(constraint => constraint.Covers(name)) is { } excluding)
        {
            return $"excludes {excluding}";
        }

        // Constraints bind only names of their own kind.
        var permitted = Permitted.Where(constraint => constraint.Kind == name.Kind).ToArray();
        return permitted.Length == 0 || permitted.Any(constraint => constraint.Covers(name))
            ? null
            : $"permits only {string.Join(", ", permitted.Take(4).Select(constraint => constraint.ToString()))}";
    }

    private static ImmutableArray<NameConstraint> Read(AsnReader constraints, Asn1Tag which)
    {
        if (!constraints.HasData || constraints.PeekTag() != which)
        {
            return [];
        }

        var subtrees = constraints.ReadSequence(which);
        if (!subtrees.HasData)
        {
            throw new AsnContentException("nameConstraints hold an empty list");
        }

        var read = ImmutableArray.CreateBuilder<NameConstraint>();
        while (subtrees.HasData)
        {
            if (ReadBase(subtrees.ReadSequence()) is { } constraint)
            {
                read.Add(constraint);
            }
        }

        return read.ToImmutable();
    }

    // Other kinds (directoryName, rfc822Name) bind names that nobody is verified by here; X509Chain holds them against the certificates.
    private static NameConstraint? ReadBase(AsnReader subtree)
    {
        var tag = subtree.PeekTag();
        if (tag.HasSameClassAndValue(GeneralNameTag.Dns))
        {
            return NameConstraint.OfDns(Encoding.ASCII.GetString(subtree.ReadOctetString(GeneralNameTag.Dns)));
        }

        if (tag.HasSameClassAndValue(GeneralNameTag.Uri))
        {
            return NameConstraint.OfUri(Encoding.ASCII.GetString(subtree.ReadOctetString(GeneralNameTag.Uri)));
        }

        return tag.HasSameClassAndValue(GeneralNameTag.Ip) ? NameConstraint.OfNetwork(subtree.ReadOctetString(GeneralNameTag.Ip)) : null;
    }
}
