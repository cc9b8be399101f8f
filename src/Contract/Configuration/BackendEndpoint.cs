namespace Portcullis.Contract.Configuration;

/// <summary>
/// One address of a backend and who must answer there. Address, server name and verified names are separate values: a request's Host
/// header decides none of them.
/// </summary>
public sealed record BackendEndpoint
{
    /// <summary>An IP address, or a host name that is resolved when connecting.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required PeerIdentity Identity { get; init; }

    /// <summary>True when it is about to end: it keeps the sessions it has and takes no new ones. Null when it takes everything.</summary>
    public bool? IsLeaving { get; init; }
}
