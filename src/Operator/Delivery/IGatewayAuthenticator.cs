namespace Portcullis.Operator.Delivery;

/// <summary>Says who a caller is, from its bearer token alone and before anything it sent is read.</summary>
internal interface IGatewayAuthenticator
{
    Task<Caller> IdentifyAsync(string token, CancellationToken cancellationToken);
}
