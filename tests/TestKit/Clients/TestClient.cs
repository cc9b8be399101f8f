using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.TestKit.Clients;

/// <summary>
/// An HTTPS client as a browser would be one: it verifies the server against one root and for the name in the URL, but dials one given
/// address whatever that name is.
/// </summary>
public static class TestClient
{
    /// <param name="address">Where every connection goes.</param>
    /// <param name="root">The only root that is trusted.</param>
    /// <param name="version">The only HTTP version that is spoken.</param>
    public static HttpClient To(IPEndPoint address, X509Certificate2 root, Version version) => new(HandlerTo(address, root))
    {
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(30),
    };

    public static HttpClient To(IPEndPoint address, X509Certificate2 root) => To(address, root, HttpVersion.Version11);

    /// <summary>For clients that are built on a handler, such as WebSockets.</summary>
    public static SocketsHttpHandler HandlerTo(IPEndPoint address, X509Certificate2 root) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = (_, cancellationToken) => ConnectAsync(address, cancellationToken),
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Only(root) },
    };

    private static X509ChainPolicy Only(X509Certificate2 root) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { root },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    private static async ValueTask<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
