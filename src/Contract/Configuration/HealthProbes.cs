namespace Portcullis.Contract.Configuration;

/// <summary>GET requests of the gateway's own to every endpoint, over connections that are verified like all others.</summary>
public sealed record HealthProbes
{
    public required string Path { get; init; }

    public required TimeSpan Interval { get; init; }

    /// <summary>For the connection and the response's header together.</summary>
    public required TimeSpan Timeout { get; init; }
}
