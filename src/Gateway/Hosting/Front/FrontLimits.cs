namespace Portcullis.Gateway.Hosting.Front;

/// <summary>What clients may take of the front. The defaults suit a public address and a container of 1 GiB.</summary>
internal sealed record FrontLimits
{
    /// <summary>Clients' connections at one time. One more takes the place of one that asks for nothing; when all are busy it is closed at once.</summary>
    public long Connections { get; init; } = 5_000;

    /// <summary>Of them, those of one client: an IPv4 address or an IPv6 network of 64 bits.</summary>
    public long ConnectionsPerClient { get; init; } = 1_000;

    /// <summary>Of them, those in a TLS handshake. One more takes the place of the one that has been at it for longest.</summary>
    public long Handshakes { get; init; } = 1_000;

    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the first byte of a request to the last of its headers, however slowly they come.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection without a request is closed after this.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Of one request, the request line not counted.</summary>
    public long HeaderBytes { get; init; } = 32 * 1024;

    public long Headers { get; init; } = 100;

    public long RequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>In bytes a second, of a request's body as of a response, after five seconds. A client below it is cut off.</summary>
    public long MinimumRate { get; init; } = 240;

    /// <summary>Requests at one time on one HTTP/2 connection.</summary>
    public long Streams { get; init; } = 100;

    /// <summary>Frames a second that carry nothing of a request (pings, settings and so on), of one HTTP/2 connection.</summary>
    public long ControlFrames { get; init; } = 1_000;
}
