using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Tests.Proxy.Backends;

public sealed class ClientGenerationTests
{
    /// <summary>Servers of gRPC end the connection, and all calls on it, at the third PING of a call on which nothing moves: seen after 90 s with one of Debian's.</summary>
    [Fact]
    public void A_call_of_gRPC_on_which_nothing_moves_is_not_pinged()
    {
        using var client = ClientGeneration.Handler(BackendProtocol.Grpc, new ConnectionSettings(), (_, _) => throw new NotSupportedException());

        Assert.Equal(Timeout.InfiniteTimeSpan, client.KeepAlivePingDelay);
    }
}
