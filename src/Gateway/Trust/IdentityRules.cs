using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>Whether a leaf is who it must be. The common name is never read.</summary>
internal static class IdentityRules
{
    /// <summary>Which of the required names the leaf's subjectAltName extension holds.</summary>
    public static ImmutableArray<SubjectName> Matched(X509Certificate2 leaf, PeerIdentity identity, ImmutableArray<SubjectName> inLeaf) =>
        [.. identity.Names.Where(name => Holds(leaf, name, inLeaf))];

    public static Refusal? Objection(ImmutableArray<SubjectName> matched, ImmutableArray<SubjectName> inLeaf)
    {
        if (!matched.IsEmpty)
        {
            return null;
        }

        return inLeaf.IsEmpty ? new Refusal(VerdictReason.NoSubjectAltName) : new Refusal(VerdictReason.HostnameMismatch);
    }

    /// <summary>
    /// SslStream's own answer about the name it dialed counts unless the identity comes from subjectAltNames: then it dialed by another name
    /// than the one to be verified.
    /// </summary>
    public static bool SpeaksOfIdentity(PeerIdentity identity) => identity.Names is [var only] && (identity.ServerName is { } serverName
        ? only.Kind == SubjectNameKind.Dns && only.Value.Equals(serverName, StringComparison.OrdinalIgnoreCase)
        : only.Kind == SubjectNameKind.Ip);

    /// <summary>One of <paramref name="matched"/> that every issuer may issue for, or the constraint that is in the way.</summary>
    public static Refusal? Constrained(
        ImmutableArray<X509Certificate2> path, ImmutableArray<SubjectName> matched, ImmutableArray<SubjectName> inLeaf)
    {
        var issuers = path.Skip(1).Select(issuer => (Issuer: issuer, Constraints: NameConstraints.Of(issuer))).Where(pair => pair.Constraints is not null).ToArray();
        if (issuers.Length > 0 && inLeaf.Any(name => name.Kind == SubjectNameKind.Dns && name.Value.StartsWith('.')))
        {
            // Not a name but it ends like one: X509Chain takes it for a permitted subdomain.
            return new Refusal(VerdictReason.NameConstraintViolated, $"\"{path[0].DisplayName()}\" has a malformed DNS name under a constraint");
        }

        Refusal? first = null;
        foreach (var name in matched)
        {
            var broken = issuers.Select(pair => (pair.Issuer, Constraint: pair.Constraints!.BrokenBy(name))).FirstOrDefault(pair => pair.Constraint is not null);
            if (broken.Constraint is null)
            {
                return null;
            }

            first ??= new Refusal(VerdictReason.NameConstraintViolated, $"\"{broken.Issuer.DisplayName()}\" {broken.Constraint}, verified was {name}");
        }

        return first;
    }

    /// <param name="pins">As in the configuration; empty when any key will do.</param>
    public static Refusal? Pinned(X509Certificate2 leaf, ImmutableArray<string> pins)
    {
        if (pins.IsDefaultOrEmpty)
        {
            return null;
        }

        var pin = PinOf(leaf);
        return pins.Contains(pin, StringComparer.Ordinal) ? null : new Refusal(VerdictReason.PinMismatch, $"the certificate's key is {pin}");
    }

    /// <summary>RFC 7469, 2.4.</summary>
    public static string PinOf(X509Certificate2 certificate) =>
        "sha256/" + Convert.ToBase64String(SHA256.HashData(CertificateFields.Of(certificate).SubjectPublicKeyInfo.Span));

    private static bool Holds(X509Certificate2 leaf, SubjectName name, ImmutableArray<SubjectName> inLeaf) => name.Kind switch
    {
        SubjectNameKind.Uri => inLeaf.Contains(name),
        SubjectNameKind.Ip => IPAddress.TryParse(name.Value, out var address) && Matches(leaf, address.ToString()),
        _ => HoldsDns(leaf, name.Value, inLeaf),
    };

    private static bool HoldsDns(X509Certificate2 leaf, string name, ImmutableArray<SubjectName> inLeaf)
    {
        // MatchesHostname would look for an address instead.
        if (name.Length == 0 || IPAddress.TryParse(name, out _))
        {
            return false;
        }

        return Matches(leaf, name) && (!IsDirectlyUnderTopLevel(name) || IsWrittenOut(name, inLeaf));
    }

    // *.internal would be every company's every name: whoever wants two labels has them written out.
    private static bool IsDirectlyUnderTopLevel(string name) => name.TrimEnd('.').Count(character => character == '.') < 2;

    private static bool IsWrittenOut(string name, ImmutableArray<SubjectName> inLeaf) => inLeaf.Any(candidate =>
        candidate.Kind == SubjectNameKind.Dns && candidate.Value.TrimEnd('.').Equals(name.TrimEnd('.'), StringComparison.OrdinalIgnoreCase));

    private static bool Matches(X509Certificate2 leaf, string name) => leaf.MatchesHostname(name, allowWildcards: true, allowCommonName: false);
}
