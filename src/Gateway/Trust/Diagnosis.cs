using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>
/// Why there is no chain, worked out from what was sent, what is in the bundle and what was asked for: X509Chain says the same word to nearly everything.
/// It explains refusals and never turns one into trust.
/// </summary>
internal static class Diagnosis
{
    private const X509ChainStatusFlags NotBuilt = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid;

    private const X509ChainStatusFlags Constrained = X509ChainStatusFlags.InvalidNameConstraints | X509ChainStatusFlags.HasNotSupportedNameConstraint
        | X509ChainStatusFlags.HasNotDefinedNameConstraint | X509ChainStatusFlags.HasNotPermittedNameConstraint | X509ChainStatusFlags.HasExcludedNameConstraint;

    public static Refusal OfEmptyTrust(TrustSet trust)
    {
        if (!trust.Unlisted.IsEmpty)
        {
            return new Refusal(VerdictReason.TrustNotMounted, $"{Names(trust.Unlisted)} is mounted, but the pushed configuration does not list it");
        }

        return trust.Intermediates.IsEmpty
            ? new Refusal(VerdictReason.TrustNotMounted)
            : new Refusal(VerdictReason.IntermediateOnlyBundle, $"the bundle holds {Names(trust.Intermediates)} and no root");
    }

    public static Refusal Of(Case refused, CandidateChain chain)
    {
        if (chain.Path.IsEmpty || !chain.Path[0].SameAs(refused.Leaf))
        {
            return new Refusal(VerdictReason.MalformedCertificate, "no chain could be built from it");
        }

        foreach (var element in chain.Path)
        {
            // What cannot be read explains better than what X509Chain made of it.
            CertificateFields.Of(element);
        }

        return (chain.Status & NotBuilt) == 0 ? OfStatus(refused, chain) : OfMissingIssuer(refused, chain.Path);
    }

    /// <summary>A placeholder certificate says more than what is wrong with it: the request reached the wrong virtual host.</summary>
    public static Refusal Sharpen(Refusal refusal, Case refused, ImmutableArray<SubjectName> matched, PeerExpectation? expectation)
    {
        if (expectation is null || !matched.IsEmpty)
        {
            return refusal;
        }

        if (DefaultCertificates.ProductOf(refused.Leaf) is { } product)
        {
            return new Refusal(VerdictReason.DefaultCertificate, product);
        }

        return refusal.Reason == VerdictReason.SelfSignedNotTrusted && expectation.Identity.ServerName is null
            ? new Refusal(VerdictReason.DefaultCertificate, "a self-signed certificate for another name, sent to a client that named no server")
            : refusal;
    }

    private static Refusal OfStatus(Case refused, CandidateChain chain)
    {
        if (chain.Path.Select(element => PathRules.Validity(element, element.IsAmong(refused.Trust.Anchors) && chain.Path.Length > 1, refused.At))
            .FirstOrDefault(found => found is not null) is { } untimely)
        {
            return untimely;
        }

        return chain.Status switch
        {
            var status when status.HasFlag(X509ChainStatusFlags.NotValidForUsage) =>
                new Refusal(VerdictReason.WrongKeyUsage, "extendedKeyUsage does not allow server authentication"),
            var status when status.HasFlag(X509ChainStatusFlags.InvalidBasicConstraints) =>
                new Refusal(VerdictReason.WrongKeyUsage, "a certificate of the chain is no CA, or issued a longer chain than its path length allows"),
            var status when (status & Constrained) != 0 =>
                new Refusal(VerdictReason.NameConstraintViolated, "a name in the chain is outside what its issuer may issue for"),
            var status when status.HasFlag(X509ChainStatusFlags.HasNotSupportedCriticalExtension) =>
                new Refusal(VerdictReason.MalformedCertificate, "it has a critical extension that is not understood"),
            var status => new Refusal(VerdictReason.MalformedCertificate, $"the chain was not accepted ({status})"),
        };
    }

    private static Refusal OfMissingIssuer(Case refused, ImmutableArray<X509Certificate2> path)
    {
        var last = path[^1];
        var issuer = CertificateExtensions.DisplayName(last.IssuerName);

        if (refused.Trust.Unlisted.FirstOrDefault(unlisted => unlisted.NamedLike(last.IssuerName)) is not null)
        {
            return new Refusal(VerdictReason.UnknownAuthority, $"\"{issuer}\" is mounted, but the pushed configuration does not list it");
        }

        if (refused.Trust.NotAnchors.Any(refused.Leaf.SameAs))
        {
            return new Refusal(
                VerdictReason.UnknownAuthority, "this very certificate is in the bundle, but another issued it; put its CA there and pin its key instead");
        }

        if (refused.Trust.Anchors.Any(anchor => anchor.NamedLike(last.IssuerName)))
        {
            return new Refusal(
                VerdictReason.UnknownAuthority,
                $"the bundle has a certificate named \"{issuer}\" with another key: the CA was renewed under the same name, or this is not that CA");
        }

        if (last.IsSelfIssued())
        {
            return path.Length == 1
                ? new Refusal(VerdictReason.SelfSignedNotTrusted)
                : new Refusal(VerdictReason.UnknownAuthority, $"the chain ends at \"{last.DisplayName()}\"");
        }

        if (last.IsAmong(refused.Trust.Intermediates))
        {
            return new Refusal(VerdictReason.IntermediateOnlyBundle, $"the bundle holds \"{last.DisplayName()}\" but not its issuer \"{issuer}\"");
        }

        return IssuerNames.LooksOmitted(last.IssuerName, refused.Trust.Anchors)
            ? new Refusal(VerdictReason.IncompleteChain)
            : new Refusal(VerdictReason.UnknownAuthority);
    }

    private static string Names(ImmutableArray<X509Certificate2> certificates) =>
        string.Join(", ", certificates.Take(4).Select(certificate => $"\"{certificate.DisplayName()}\""));
}
