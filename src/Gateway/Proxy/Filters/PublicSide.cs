namespace Portcullis.Gateway.Proxy.Filters;

/// <summary>How a client reached the gateway, and what the backend was called.</summary>
/// <param name="Scheme">Of the client's request.</param>
/// <param name="Host">Of the client's request, with its port.</param>
/// <param name="HostSent">The Host header that the backend received.</param>
internal readonly record struct PublicSide(string Scheme, string Host, string HostSent);
