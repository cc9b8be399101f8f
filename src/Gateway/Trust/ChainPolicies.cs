using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Gateway.Trust;

/// <summary>The one place that makes chain policies, for the handshake and for <c>gateway check</c> alike.</summary>
internal static class ChainPolicies
{
    /// <summary>CustomRootTrust over the set, no downloads, no revocation fetches, serverAuth, judged at <paramref name="at"/>.</summary>
    public static X509ChainPolicy For(TrustSet trust, DateTimeOffset at) => throw new NotImplementedException();
}
