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
/// <param name="logger">Hears of a name whose last good answer has to do, and of its return, once each.</param>
internal sealed partial class Resolver(Func<string, CancellationToken, Task<IPAddress[]>> lookUp, TimeProvider time, ILogger logger)
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
            return found.Length == 0 ? Last(endpoint, last, "it has no address any more") : Kept(endpoint, found);
        }
        catch (SocketException failure)
        {
            return Last(endpoint, last, failure.Message);
        }
        catch (TimeoutException)
        {
            return Last(endpoint, last, "no answer in time");
        }
    }

    private IPAddress[] Last(LiveEndpoint endpoint, IPAddress[] last, string problem)
    {
        if (endpoint.IsNews(outdated: true))
        {
            Log.Outdated(logger, endpoint.Address.Host, endpoint.Backend, problem, last);
        }

        return last;
    }

    private IPAddress[] Kept(LiveEndpoint endpoint, IPAddress[] found)
    {
        if (found.Length > 0)
        {
            endpoint.Resolved = found;
            if (endpoint.IsNews(outdated: false))
            {
                Log.Resolves(logger, endpoint.Address.Host, endpoint.Backend, found);
            }
        }

        return found;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The name {Name} of {Backend} could not be looked up: {Problem}. Its last good answer serves on: {Addresses}. Should it move meanwhile, requests fail until the name resolves again.")]
        public static partial void Outdated(ILogger logger, string name, BackendKey backend, string problem, IPAddress[] addresses);

        [LoggerMessage(Level = LogLevel.Information, Message = "The name {Name} of {Backend} resolves again, to {Addresses}.")]
        public static partial void Resolves(ILogger logger, string name, BackendKey backend, IPAddress[] addresses);
    }
}
