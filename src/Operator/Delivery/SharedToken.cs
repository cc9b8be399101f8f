using System.Security.Cryptography;
using System.Text;

namespace Portcullis.Operator.Delivery;

/// <summary>Without a cluster every gateway of this operator shows the one token that lies in its state folder.</summary>
internal sealed class SharedToken(string expected) : IGatewayAuthenticator
{
    private readonly byte[] expected = SHA256.HashData(Encoding.UTF8.GetBytes(expected));

    /// <summary>Hashes are compared, so that neither length nor content shows in the time it takes.</summary>
    public Task<bool> IsGatewayAsync(string token, CancellationToken cancellationToken) =>
        Task.FromResult(CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), expected));

    /// <summary>Nothing of the token.</summary>
    public override string ToString() => nameof(SharedToken);
}
