using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>
/// What the name of an absent issuer suggests. A server that omits an intermediate and one of a foreign CA look the same otherwise; this
/// chooses between two explanations, both of which name the other possibility.
/// </summary>
internal static class IssuerNames
{
    private static readonly char[] Separators = [' ', ',', '=', '"', '-', '_', '.', '+', '/', '(', ')'];

    private static readonly FrozenSet<string> OfIntermediates = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "issuing", "intermediate", "subordinate", "sub", "subca", "tls", "server", "servers");

    private static readonly FrozenSet<string> SayingNothing = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "cn", "o", "ou", "c", "dc", "l", "st", "s", "ca", "root", "authority", "certificate", "certification", "the", "of", "and", "inc", "ltd", "gmbh", "internal",
        "pki", "trust", "issuing", "intermediate", "subordinate", "sub", "subca", "tls", "server", "servers", "test", "local", "com", "org", "net");

    public static bool LooksOmitted(X500DistinguishedName issuer, ImmutableArray<X509Certificate2> anchors)
    {
        var words = Words(issuer.Name);
        if (words.Contains("root"))
        {
            return false;
        }

        return words.Overlaps(OfIntermediates) || Telling(words).Overlaps(anchors.SelectMany(anchor => Telling(Words(anchor.Subject))));
    }

    private static HashSet<string> Words(string name) =>
        name.Split(Separators, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static HashSet<string> Telling(HashSet<string> words) =>
        words.Where(word => word.Length > 2 && !SayingNothing.Contains(word) && !word.All(char.IsDigit)).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
