using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>What a peer sent, leaf first.</summary>
internal static class PeerCertificates
{
    /// <summary>
    /// In the validation callback. SslStream puts them behind the policy's own ExtraStore entries, and disposes them afterwards: keep their bytes.
    /// </summary>
    public static ImmutableArray<X509Certificate2> Of(X509Certificate2 leaf, X509Chain chain, TrustSet trust) =>
        Of(leaf, [.. chain.ChainPolicy.ExtraStore.Skip(trust.Intermediates.Length)]);

    public static ImmutableArray<X509Certificate2> Of(X509Certificate2 leaf, ImmutableArray<X509Certificate2> sent) =>
        sent.FirstOrDefault(leaf.SameAs) is { } itself ? [leaf, .. sent.Remove(itself)] : [leaf, .. sent];
}
