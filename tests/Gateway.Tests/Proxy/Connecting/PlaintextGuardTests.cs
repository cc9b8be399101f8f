using System.Net.Security;
using Portcullis.Gateway.Proxy.Connecting;

namespace Portcullis.Gateway.Tests.Proxy.Connecting;

[Trait("Promise", "P1")]
public sealed class PlaintextGuardTests
{
    [Fact]
    public void A_stream_in_clear_is_not_let_through()
    {
        using var clear = new MemoryStream();

        Assert.Throws<InvalidOperationException>(() => PlaintextGuard.Checked(clear));
    }

    [Fact]
    public void A_TLS_stream_that_was_not_verified_here_is_not_let_through()
    {
        using var clear = new MemoryStream();
        using var foreign = new SslStream(clear);

        Assert.Throws<InvalidOperationException>(() => PlaintextGuard.Checked(foreign));
    }
}
