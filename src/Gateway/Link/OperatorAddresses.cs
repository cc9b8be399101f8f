using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Portcullis.Gateway.Link;

/// <summary>Where the operator's replicas are: a headless Service has an address for each, and only one of them leads.</summary>
internal static class OperatorAddresses
{
    /// <summary>Each once, in the order the resolver gave them; asked anew in each round, because replicas come and go.</summary>
    /// <exception cref="SocketException">The name has no address.</exception>
    public static async Task<ImmutableArray<IPEndPoint>> FindAsync(Uri @operator, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(@operator.DnsSafeHost, out var literal))
        {
            return [new IPEndPoint(literal, @operator.Port)];
        }

        var addresses = await Dns.GetHostAddressesAsync(@operator.DnsSafeHost, cancellationToken).ConfigureAwait(false);
        return [.. addresses.Distinct().Select(address => new IPEndPoint(address, @operator.Port))];
    }
}
