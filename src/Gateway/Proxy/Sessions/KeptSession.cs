using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Forwarding;

namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>A session that a request brought and that can go on.</summary>
/// <param name="Target">Its backend, whatever the weights say.</param>
/// <param name="Endpoint">One of its endpoints.</param>
internal sealed record KeptSession(ForwardTarget Target, LiveEndpoint Endpoint);
