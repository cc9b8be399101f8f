using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>One chain as X509Chain built it.</summary>
/// <param name="Path">Leaf first; as far as it could be built.</param>
/// <param name="IsComplete">X509Chain had no objection at all.</param>
/// <param name="Status">Every objection to any element, together.</param>
internal sealed record CandidateChain(ImmutableArray<X509Certificate2> Path, bool IsComplete, X509ChainStatusFlags Status)
{
    public static CandidateChain Of(X509Chain chain, bool succeeded)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        return new([.. chain.ChainElements.Select(element => element.Certificate)], succeeded && status == X509ChainStatusFlags.NoError, status);
    }
}
