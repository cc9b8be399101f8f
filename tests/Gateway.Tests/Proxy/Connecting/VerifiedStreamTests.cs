using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.TestKit.Backends;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Proxy.Connecting;

public sealed class VerifiedStreamTests
{
    /// <summary>A change of trust looks through connections that are opened and closed meanwhile, on a timer: whatever state it finds one in is no reason to end the process.</summary>
    [Fact]
    [Trait("Promise", "P4")]
    public async Task A_connection_tells_its_version_only_between_its_handshake_and_its_end()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var root = TestAuthority.CreateRoot("Company Root");
        await using var backend = await TlsBackend.StartAsync(PresentedChain.Of(root.Issue("orders.corp.internal")), cancellation);
        var endpoint = new LiveEndpoint(
            new BackendKey(new ResourceKey("shop", "orders"), "orders"),
            new EndpointAddress("http", "127.0.0.1", backend.Port),
            new PeerIdentity { ServerName = "orders.corp.internal", Names = [] },
            TimeProvider.System);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(backend.EndPoint, cancellation);
        await using var connection = new VerifiedStream(socket, endpoint, endpoint.Identity, new LiveConnections());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(root.Certificate);

        var before = connection.Version;
        await connection.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "orders.corp.internal", CertificateChainPolicy = policy }, cancellation);
        var open = connection.Version;
        await connection.DisposeAsync();

        Assert.Null(before);
        Assert.Equal(SslProtocols.Tls13, open);
        Assert.Null(connection.Version);
    }
}
