using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>The one place that makes chain policies, for the handshake and for <c>gateway check</c> alike.</summary>
internal static class ChainPolicies
{
    private static readonly Oid ServerAuth = new("1.3.6.1.5.5.7.3.1");

    /// <summary>CustomRootTrust over the set, no downloads, no revocation fetches, serverAuth, judged at <paramref name="at"/>.</summary>
    public static X509ChainPolicy For(TrustSet trust, DateTimeOffset at) => For(trust.Anchors, trust.Intermediates, at);

    /// <summary>The same over a choice of certificates: narrowing the choice never adds trust.</summary>
    public static X509ChainPolicy For(ImmutableArray<X509Certificate2> anchors, ImmutableArray<X509Certificate2> intermediates, DateTimeOffset at)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            VerificationFlags = X509VerificationFlags.NoFlag,
            // Online would fetch lists from addresses the peer chooses, in spite of the next line.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = at.UtcDateTime,
            // True by default, and the machine's clock would be read instead.
            VerificationTimeIgnored = false,
        };

        policy.ApplicationPolicy.Add(ServerAuth);
        policy.CustomTrustStore.AddRange(anchors.ToArray());
        policy.ExtraStore.AddRange(intermediates.ToArray());
        return policy;
    }
}
