namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>An endpoint already has as many connections as its route allows.</summary>
internal sealed class EndpointBusyException(string endpoint, int maximum)
    : IOException($"{endpoint} already has {maximum} connections of this gateway.");
