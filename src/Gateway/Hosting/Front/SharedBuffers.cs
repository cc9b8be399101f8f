using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// The server's buffers come from the pool that the whole runtime shares. It keeps few and leaves the others to the collector, which can move them together and give
/// their pages back; pools of the server's own keep what a crowd took in pinned blocks, and a single one in use holds on to all the free ones below it.
/// </summary>
internal sealed class SharedBuffers : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => MemoryPool<byte>.Shared;
}
