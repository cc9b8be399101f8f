using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Portcullis.Gateway.Proxy.Requests;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Connections of each client at one time, counted before TLS, where one more costs least: one client must not take the places of all. Proxies that are
/// trusted bring connections of many clients and are not counted.
/// </summary>
internal sealed partial class ClientConnections(long maximum, ImmutableArray<IPNetwork> trustedProxies, TimeProvider time, ILogger<ClientConnections> logger)
{
    private readonly ClientCounts clients = new(maximum);
    private readonly Seldom seldom = new(time);

    /// <summary>Those that are counted now.</summary>
    public long Open => clients.Total;

    public async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address } || trustedProxies.Any(network => network.Contains(ClientCounts.Unmapped(address))))
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        var client = ClientCounts.Client(address);
        if (!clients.TryEnter(client))
        {
            TellOfRefusal(address);
            connection.Abort(new ConnectionAbortedException("The client has as many connections as one may have."));
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            clients.Leave(client);
        }
    }

    private void TellOfRefusal(IPAddress address)
    {
        if (seldom.IsTime())
        {
            Log.TooMany(logger, ClientCounts.Unmapped(address), maximum);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Client} has {Maximum} connections, as many as one client may have; its further ones are closed. If it is a proxy of yours, name it with --trusted-proxy; else raise --max-connections-per-client.")]
        public static partial void TooMany(ILogger logger, IPAddress client, long maximum);
    }
}
