using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>One chain, one trust set, one identity, one moment: one verdict. Pure; every doubt and every exception is a refusal.</summary>
internal static class Judge
{
    /// <summary>
    /// For a handshake: judges the very chain that SslStream built with <see cref="ChainPolicies"/>.
    /// </summary>
    /// <param name="leaf">What the callback was given; null when the peer sent none.</param>
    /// <param name="chain">What the callback was given; null when none was built.</param>
    /// <param name="errors">What the callback was given.</param>
    /// <param name="trust">The set the policy was made of: the peer's certificates are told from the bundle's by their place behind them.</param>
    /// <param name="connection">Endpoint, SNI and TLS version; the judge fills in the rest.</param>
    public static Verdict Judged(
        X509Certificate? leaf, X509Chain? chain, SslPolicyErrors errors, PeerExpectation expectation, TrustSet trust, Evidence connection, DateTimeOffset at)
    {
        if (leaf is not X509Certificate2 certificate || chain is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return Refused("no certificate was presented", expectation, trust, connection);
        }

        return Guarded(expectation, trust, connection, () => new Case
        {
            Leaf = certificate,
            Peer = PeerCertificates.Of(certificate, chain, trust),
            Trust = trust,
            Connection = connection,
            At = at,
            Given = CandidateChain.Of(chain, succeeded: !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)),
            NameMismatched = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
        });
    }

    /// <summary>For recorded connections and <c>gateway check</c>: builds the chain with the same policy, then judges it the same way.</summary>
    /// <param name="presented">Everything the peer sent, with the leaf or without it.</param>
    public static Verdict Built(
        X509Certificate2 leaf, ImmutableArray<X509Certificate2> presented, PeerExpectation expectation, TrustSet trust, Evidence connection, DateTimeOffset at) =>
        Guarded(expectation, trust, connection, () => new Case
        {
            Leaf = leaf,
            Peer = PeerCertificates.Of(leaf, presented),
            Trust = trust,
            Connection = connection,
            At = at,
        });

    private static Verdict Guarded(PeerExpectation expectation, TrustSet trust, Evidence connection, Func<Case> of)
    {
        try
        {
            return of().Decide(expectation);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return Refused("it cannot be read", expectation, trust, connection);
        }
    }

    private static Verdict.Refused Refused(string detail, PeerExpectation expectation, TrustSet trust, Evidence connection) => new(VerdictReason.MalformedCertificate)
    {
        Evidence = connection with { NamesChecked = expectation.Identity.Names, Bundles = trust.Bundles, Detail = detail },
    };
}
