namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>What one request takes of the limits.</summary>
/// <param name="Route">Of its rule.</param>
/// <param name="Client">Null when it is not known.</param>
internal readonly record struct RequestPlace(RouteLoad Route, UInt128? Client);
