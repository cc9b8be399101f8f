using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Portcullis.Gateway.Proxy.Requests;

/// <summary>How many of something each client has at one time, up to a limit.</summary>
internal sealed class ClientCounts(long maximum)
{
    // By client, only those that have any: who is gone costs nothing.
    private readonly ConcurrentDictionary<UInt128, long> byClient = [];

    public long Total => byClient.Values.Sum();

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

    public static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    public bool TryEnter(UInt128 client)
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

    public void Leave(UInt128 client)
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
}
