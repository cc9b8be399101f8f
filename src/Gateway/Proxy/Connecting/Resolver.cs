using System.Net;
using System.Net.Sockets;
using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>
/// The addresses of an endpoint's name, asked for at every connect. A lookup that fails leaves the last good answer in place: who has to be reached is known
/// by his certificate, so a name server in trouble need not take the route down.
/// </summary>
/// <param name="lookUp">Answers with a name's addresses.</param>
/// <param name="time">Measures patience.</param>
internal sealed class Resolver(Func<string, CancellationToken, Task<IPAddress[]>> lookUp, TimeProvider time)
{
    /// <summary>A name server that is away does not say so. With an answer at hand, a connect has better things to do with its time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>Empty when the name has no address and never had one.</returns>
    /// <exception cref="SocketException">The lookup failed, and none before it was good.</exception>
    /// <exception cref="OperationCanceledException">The token ended the attempt.</exception>
    public async Task<IPAddress[]> AddressesOfAsync(LiveEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(endpoint.Address.Host, out var literal))
        {
            return [literal];
        }

        var asked = lookUp(endpoint.Address.Host, cancellationToken);
        if (endpoint.Resolved is not { } last)
        {
            return Kept(endpoint, await asked.ConfigureAwait(false));
        }

        try
        {
            var found = await asked.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            return found.Length == 0 ? last : Kept(endpoint, found);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            return last;
        }
    }

    private static IPAddress[] Kept(LiveEndpoint endpoint, IPAddress[] found)
    {
        if (found.Length > 0)
        {
            endpoint.Resolved = found;
        }

        return found;
    }
}
