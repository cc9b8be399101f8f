namespace Portcullis.Operator.Delivery;

/// <summary>Says whether a caller is a gateway, from its bearer token alone and before anything it sent is read.</summary>
internal interface IGatewayAuthenticator
{
    Task<bool> IsGatewayAsync(string token, CancellationToken cancellationToken);
}
