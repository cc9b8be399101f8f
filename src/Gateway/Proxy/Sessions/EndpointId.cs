using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Proxy.Sessions;

/// <summary>Names an endpoint within its backend, by address and so alike on every replica.</summary>
internal readonly record struct EndpointId(UInt128 Value)
{
    public const int Length = 16;

    public static EndpointId Of(EndpointAddress address)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(address.Authority), hash);

        return Read(hash);
    }

    public static EndpointId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void CopyTo(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
}
