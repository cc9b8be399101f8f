using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// The server's buffers, which can be let go of at once. Its own pools keep what a crowd took and shrink by a few percent every ten seconds: a buffer of 4 KiB for each of
/// ten thousand connections and more.
/// </summary>
/// <param name="pools">The server's own: what is rented comes from them.</param>
internal sealed class ServerBuffers(IMemoryPoolFactory<byte> pools) : IMemoryPoolFactory<byte>
{
    private readonly ConcurrentDictionary<Pool, MemoryPoolOptions?> created = new();

    /// <summary>Puts itself before the factory that the server registered.</summary>
    public static void Add(IServiceCollection services)
    {
        var own = services.Last(service => service.ServiceType == typeof(IMemoryPoolFactory<byte>)).ImplementationFactory
            ?? throw new InvalidOperationException("the server registers its pools in another way than this was written for");
        services.AddSingleton(provider => new ServerBuffers((IMemoryPoolFactory<byte>)own(provider)));
        services.AddSingleton<IMemoryPoolFactory<byte>>(provider => provider.GetRequiredService<ServerBuffers>());
    }

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null)
    {
        if (Environment.GetEnvironmentVariable("POOL") == "shared") { return MemoryPool<byte>.Shared; }
        if (Environment.GetEnvironmentVariable("POOL") == "none") { return pools.Create(options); }
        var pool = new Pool(this, pools.Create(options));
        created[pool] = options;

        return pool;
    }

    /// <summary>Leaves the buffers that nobody uses to the collector; those in use follow when they are done with.</summary>
    public void LetGo()
    {
        foreach (var (pool, options) in created)
        {
            pool.Replace(pools.Create(options));
        }
    }

    private sealed class Pool(ServerBuffers owner, MemoryPool<byte> first) : MemoryPool<byte>
    {
        private volatile MemoryPool<byte> current = first;

        public override int MaxBufferSize => current.MaxBufferSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            while (true)
            {
                var pool = current;
                try
                {
                    return pool.Rent(minBufferSize);
                }
                catch (ObjectDisposedException) when (pool != current)
                {
                    // Replaced in between.
                }
            }
        }

        public void Replace(MemoryPool<byte> next)
        {
            var last = current;
            current = next;
            last.Dispose();
        }

        protected override void Dispose(bool disposing)
        {
            owner.created.TryRemove(this, out _);
            current.Dispose();
        }
    }
}
