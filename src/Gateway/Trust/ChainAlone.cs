using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>
/// The chain part of the judge without a name, for <c>gateway check --batch</c> only. It proves nothing about who answers: the proxy must not use it.
/// </summary>
internal static class ChainAlone
{
    public static Verdict Built(X509Certificate2 leaf, ImmutableArray<X509Certificate2> presented, TrustSet trust, DateTimeOffset at) =>
        new Case
        {
            Leaf = leaf,
            Peer = PeerCertificates.Of(leaf, presented),
            Trust = trust,
            Connection = new Evidence(),
            At = at,
        }.Decide(expectation: null);
}
