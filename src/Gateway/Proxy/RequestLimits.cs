namespace Portcullis.Gateway.Proxy;

/// <summary>
/// Forwarded requests, WebSockets among them, at one time: each holds a fifth of a MiB and more, with its connection to the backend. By default they fit into 1 GiB beside as many
/// connections as a gateway has places for. And how large a request may be.
/// </summary>
internal sealed record RequestLimits
{
    public long All { get; init; } = 2_000;

    /// <summary>Of them, those of one route: one whose backend hangs must leave room for the others.</summary>
    public long PerRoute { get; init; } = 1_200;

    /// <summary>Of them, those of one client: an IPv4 address or an IPv6 network of 64 bits.</summary>
    public long PerClient { get; init; } = 750;

    /// <summary>New ones of one client in a second; null for no limit, since behind one address there may be a whole company.</summary>
    public long? RatePerClient { get; init; }

    /// <summary>Bytes of one request's body; null leaves it to the backend, since bodies pass through and are not held.</summary>
    public long? BodyBytes { get; init; }
}
