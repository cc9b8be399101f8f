using System.Collections.Concurrent;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>Every open connection of one backend, pooled or in use, upgraded ones included.</summary>
internal sealed class LiveConnections
{
    private readonly ConcurrentDictionary<VerifiedStream, byte> open = new();

    public IEnumerable<VerifiedStream> All => open.Keys;

    public void Add(VerifiedStream connection) => open[connection] = 0;

    public void Remove(VerifiedStream connection)
    {
        if (open.TryRemove(connection, out _))
        {
            connection.Endpoint.Release();
        }
    }
}
