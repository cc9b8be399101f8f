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
    public static Verdict Judged(
        X509Certificate? leaf, X509Chain? chain, SslPolicyErrors errors, PeerExpectation expectation, TrustSet trust, Evidence connection, DateTimeOffset at) =>
        throw new NotImplementedException();

    /// <summary>For recorded connections and <c>gateway check</c>: builds the chain with the same policy, then judges it the same way.</summary>
    public static Verdict Built(
        X509Certificate2 leaf, ImmutableArray<X509Certificate2> presented, PeerExpectation expectation, TrustSet trust, Evidence connection, DateTimeOffset at) =>
        throw new NotImplementedException();
}
