namespace Portcullis.Contract.Configuration;

/// <summary>Limits of a backend's connections.</summary>
public sealed record ConnectionSettings
{
    /// <summary>For name resolution, TCP and TLS together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(90);

    public TimeSpan MaximumLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Open connections to one endpoint of one gateway; requests beyond it wait (HTTP/1.1) or are answered 503 (HTTP/2). The default is more than one client may have
    /// under way: event streams and slow readers hold a connection each, and must not hold them all.
    /// </summary>
    public int MaximumPerEndpoint { get; init; } = 1024;
}
