namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>One client's stay at one endpoint.</summary>
/// <param name="Since">When it began, by the clock of the gateway that chose the endpoint.</param>
internal sealed record Session(EndpointId Endpoint, DateTimeOffset Since)
{
    /// <param name="timeout">Null when it does not end by itself.</param>
    /// <param name="now">The present moment.</param>
    public bool IsOver(TimeSpan? timeout, DateTimeOffset now) =>
        timeout is { } longest && (now - Since >= longest || Since - now > Skew);

    // Clocks of replicas differ a little; a session from further ahead would last longer than it may.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
}
