using System.Collections.Immutable;
using System.Net;

namespace Portcullis.Gateway.Proxy;

/// <summary>What an operator of one gateway may decide about its data path; nothing here loosens verification.</summary>
internal sealed class ProxyOptions
{
    /// <summary>
    /// Networks that backends may be in although they are refused by default (loopback, link-local and so on; P10), such as <c>127.0.0.0/8</c> for a demo.
    /// Endpoints that the operator forbids stay forbidden.
    /// </summary>
    public ImmutableArray<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Proxies in front of the gateway: what they say about a client in X-Forwarded-* and the like is believed, from nobody else.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Where clients reach HTTPS; redirects from plain HTTP name it unless it is 443.</summary>
    public int PublicHttpsPort { get; init; } = 443;

    /// <summary>A forwarded request, response or WebSocket on which nothing moves for this long is ended.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests under way at one time, and their size.</summary>
    public RequestLimits Requests { get; init; } = new();

    /// <summary>How long a new entry waits for its bundle to be mounted before it is applied without it and fails closed.</summary>
    public TimeSpan PendingLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Changes within this time go into one report.</summary>
    public TimeSpan ReportDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}
