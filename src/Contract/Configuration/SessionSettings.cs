namespace Portcullis.Contract.Configuration;

/// <summary>How a client is kept at the endpoint that answered it first.</summary>
public sealed record SessionSettings
{
    /// <summary>Belongs to the gateway: the backend neither sees nor sets a cookie of this name.</summary>
    public required string CookieName { get; init; }

    /// <summary>After this an endpoint is chosen anew; null when a session lasts as long as the client keeps its cookie.</summary>
    public TimeSpan? AbsoluteTimeout { get; init; }
}
