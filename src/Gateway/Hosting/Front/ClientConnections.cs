using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Connections of each client at one time, counted before TLS, where one more costs least: one client must not take the places of all. Proxies that are
/// trusted bring connections of many clients and are not counted.
/// </summary>
internal sealed partial class ClientConnections(long maximum, ImmutableArray<IPNetwork> trustedProxies, TimeProvider time, ILogger<ClientConnections> logger)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    // By client, only those that have connections: who is gone costs nothing.
    private readonly ConcurrentDictionary<UInt128, long> byClient = [];
    private long lastTold = long.MinValue;

    /// <summary>Those that are counted now.</summary>
    public long Open => byClient.Values.Sum();

    public async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address } || trustedProxies.Any(network => network.Contains(Unmapped(address))))
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        var client = Client(address);
        if (!TryEnter(client))
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
            Leave(client);
        }
    }

    /// <summary>An IPv6 network of 64 bits is one client: whoever has one address of it can take any other.</summary>
    public static UInt128 Client(IPAddress address)
    {
        var unmapped = Unmapped(address);
        if (unmapped.AddressFamily == AddressFamily.InterNetwork)
        {
            return BinaryPrimitives.ReadUInt128BigEndian(unmapped.MapToIPv6().GetAddressBytes());
        }

        return BinaryPrimitives.ReadUInt128BigEndian(unmapped.GetAddressBytes()) & ~(UInt128)ulong.MaxValue;
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private bool TryEnter(UInt128 client)
    {
        while (true)
        {
            if (!byClient.TryGetValue(client, out var count))
            {
                if (byClient.TryAdd(client, 1))
                {
                    return true;
                }
            }
            else if (count >= maximum)
            {
                return false;
            }
            else if (byClient.TryUpdate(client, count + 1, count))
            {
                return true;
            }
        }
    }

    private void Leave(UInt128 client)
    {
        while (true)
        {
            var count = byClient[client];
            if (count == 1 ? byClient.TryRemove(KeyValuePair.Create(client, count)) : byClient.TryUpdate(client, count - 1, count))
            {
                return;
            }
        }
    }

    // A client that floods must not flood the log too.
    private void TellOfRefusal(IPAddress address)
    {
        var (now, before) = (time.GetTimestamp(), Interlocked.Read(ref lastTold));
        if ((before == long.MinValue || time.GetElapsedTime(before, now) >= Silence) && Interlocked.CompareExchange(ref lastTold, now, before) == before)
        {
            Log.TooMany(logger, Unmapped(address), maximum);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Client} has {Maximum} connections, as many as one client may have; its further ones are closed. If it is a proxy of yours, name it with --trusted-proxy; else raise --max-connections-per-client.")]
        public static partial void TooMany(ILogger logger, IPAddress client, long maximum);
    }
}
