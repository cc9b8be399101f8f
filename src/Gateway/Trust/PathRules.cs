using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>What a chain must fulfil beyond what X509Chain demands.</summary>
internal static class PathRules
{
    private const string NameConstraintsIdentifier = "2.5.29.30";

    private const X509KeyUsageFlags ServerUsages =
        X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.KeyAgreement;

    /// <param name="path">Leaf first, anchor last; one element when the anchor itself is the server's certificate.</param>
    /// <param name="peer">Everything the peer sent.</param>
    public static Refusal? Objection(
        ImmutableArray<X509Certificate2> path, ImmutableArray<X509Certificate2> peer, TrustSet trust, int? maxIntermediates, DateTimeOffset at) =>
        Origin(path, peer, trust)
        ?? Validity(path, at)
        ?? Length(path, maxIntermediates)
        ?? Leaf(path)
        ?? Issuers(path)
        ?? Strengths(path);

    /// <summary>The build also reads the stores of the machine and of the user: nothing may come from there.</summary>
    private static Refusal? Origin(ImmutableArray<X509Certificate2> path, ImmutableArray<X509Certificate2> peer, TrustSet trust)
    {
        if (!path[^1].IsAmong(trust.Anchors))
        {
            return new Refusal(VerdictReason.UnknownAuthority, $"the chain ends at \"{path[^1].DisplayName()}\", which is not an anchor in force");
        }

        var foreign = path.FirstOrDefault(element => !element.IsAmong(peer) && !element.IsAmong(trust.Anchors) && !element.IsAmong(trust.Intermediates));
        return foreign is null
            ? null
            : new Refusal(VerdictReason.IncompleteChain, $"\"{foreign.DisplayName()}\" was neither sent nor is it in the bundle; it was found on this machine");
    }

    private static Refusal? Validity(ImmutableArray<X509Certificate2> path, DateTimeOffset at) =>
        path.Select(element => Validity(element, isAnchor: element.SameAs(path[^1]) && path.Length > 1, at)).FirstOrDefault(refusal => refusal is not null);

    /// <summary>Certificates count in whole seconds, both ends included.</summary>
    public static Refusal? Validity(X509Certificate2 certificate, bool isAnchor, DateTimeOffset at)
    {
        var second = DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
        if (second > certificate.ValidUntil())
        {
            return new Refusal(
                isAnchor ? VerdictReason.AnchorExpired : VerdictReason.CertificateExpired,
                $"\"{certificate.DisplayName()}\" expired {certificate.ValidUntil():yyyy-MM-dd HH:mm:ss} UTC");
        }

        return second < certificate.ValidFrom()
            ? new Refusal(VerdictReason.CertificateNotYetValid, $"\"{certificate.DisplayName()}\" is valid from {certificate.ValidFrom():yyyy-MM-dd HH:mm:ss} UTC")
            : null;
    }

    private static Refusal? Length(ImmutableArray<X509Certificate2> path, int? maxIntermediates)
    {
        var intermediates = Math.Max(0, path.Length - 2);
        return intermediates > maxIntermediates
            ? new Refusal(VerdictReason.TooManyCertificates, $"the chain has {intermediates} intermediate certificates and {maxIntermediates} are allowed")
            : null;
    }

    private static Refusal? Leaf(ImmutableArray<X509Certificate2> path)
    {
        var leaf = path[0];
        if (!leaf.AllowsUsage(ServerUsages))
        {
            return new Refusal(VerdictReason.WrongKeyUsage, $"keyUsage of \"{leaf.DisplayName()}\" does not allow a TLS server");
        }

        // What a pinned certificate says of issuing does not matter: it admits only itself.
        if (path.Length == 1 || leaf.IsAuthority())
        {
            return null;
        }

        if (leaf.Extensions.OfType<X509KeyUsageExtension>().Any(extension => extension.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign)))
        {
            return new Refusal(VerdictReason.WrongKeyUsage, $"\"{leaf.DisplayName()}\" claims keyCertSign without being a CA");
        }

        return leaf.Extensions[NameConstraintsIdentifier] is null
            ? null
            : new Refusal(VerdictReason.MalformedCertificate, $"\"{leaf.DisplayName()}\" carries nameConstraints without being a CA");
    }

    private static Refusal? Issuers(ImmutableArray<X509Certificate2> path) =>
        path.Skip(1).Select(Issuer).FirstOrDefault(refusal => refusal is not null);

    private static Refusal? Issuer(X509Certificate2 issuer)
    {
        if (issuer.Version != 3 || !issuer.IsAuthority())
        {
            return new Refusal(VerdictReason.WrongKeyUsage, $"\"{issuer.DisplayName()}\" issued a certificate without being a CA (basicConstraints CA:TRUE)");
        }

        return issuer.AllowsUsage(X509KeyUsageFlags.KeyCertSign)
            ? null
            : new Refusal(VerdictReason.WrongKeyUsage, $"\"{issuer.DisplayName()}\" issued a certificate without keyCertSign in its keyUsage");
    }

    private static Refusal? Strengths(ImmutableArray<X509Certificate2> path)
    {
        for (var position = 0; position < path.Length; position++)
        {
            var fields = CertificateFields.Of(path[position]);
            var name = path[position].DisplayName();

            // Nobody relies on the anchor's own signature: it is trusted because it is listed.
            var signature = position == path.Length - 1 ? null : Strength.OfSignature(fields, name);
            if ((signature ?? Strength.OfKey(fields, name)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
