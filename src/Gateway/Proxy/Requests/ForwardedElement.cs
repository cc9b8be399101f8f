namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>What one proxy says of the request it was sent; null where it says nothing.</summary>
internal readonly record struct ForwardedElement(string? For, string? Host, string? Proto);
