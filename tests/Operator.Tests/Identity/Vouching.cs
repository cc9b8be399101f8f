using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Operator.Tests.Identity;

/// <summary>Whether a gateway that trusts these authorities and nothing else would take a certificate.</summary>
internal static class Vouching
{
    public static bool Holds(X509Certificate2 leaf, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        return chain.Build(leaf);
    }
}
