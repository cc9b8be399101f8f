using System.Security.Cryptography;
using System.Text;

namespace Portcullis.Operator.Delivery;

/// <summary>Without a cluster every gateway of this operator shows the one token that lies in its state folder.</summary>
internal sealed class SharedToken(string expected) : IGatewayAuthenticator
{
    private static readonly Caller Gateway = new Caller.AnyGateway();
    private static readonly Caller Stranger = new Caller.Stranger("it is not the token that this operator wrote");
    private readonly byte[] expected = SHA256.HashData(Encoding.UTF8.GetBytes(expected));

    /// <summary>Hashes are compared, so that neither length nor content shows in the time it takes.</summary>
    public Task<Caller> IdentifyAsync(string token, CancellationToken cancellationToken) =>
        Task.FromResult(CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), expected) ? Gateway : Stranger);

    /// <summary>Nothing of the token.</summary>
    public override string ToString() => nameof(SharedToken);
}
