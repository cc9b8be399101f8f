using System.Collections.Immutable;
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

    /// <summary>A client of an API server: its answers may take as long as a watch does, and it may have to show a certificate.</summary>
    /// <param name="clientCertificate">With its private key; null where a token is enough.</param>
    public static HttpClient ToApiServer(IPEndPoint address, X509Certificate2 root, X509Certificate2? clientCertificate)
    {
        var handler = HandlerTo(address, root);
        handler.EnableMultipleHttp2Connections = true;
        handler.SslOptions.ClientCertificateContext = clientCertificate is null ? null : SslStreamCertificateContext.Create(clientCertificate, [], offline: true);

        return new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>A verified connection over which a test says, byte for byte, what no client library would.</summary>
    public static Task<SslStream> ConnectAsync(IPEndPoint address, X509Certificate2 root, string name, CancellationToken cancellationToken) =>
        ConnectAsync(address, root, name, SslApplicationProtocol.Http11, cancellationToken);

    /// <inheritdoc cref="ConnectAsync(IPEndPoint, X509Certificate2, string, CancellationToken)"/>
    public static Task<SslStream> ConnectAsync(
        IPEndPoint address, X509Certificate2 root, string name, SslApplicationProtocol protocol, CancellationToken cancellationToken) =>
        ConnectAsync(IPAddress.Any, address, root, name, protocol, cancellationToken);

    /// <inheritdoc cref="ConnectAsync(IPEndPoint, X509Certificate2, string, CancellationToken)"/>
    /// <remarks>From this address, of the many that a loopback has: a client of its own.</remarks>
    public static async Task<SslStream> ConnectAsync(
        IPAddress from, IPEndPoint address, X509Certificate2 root, string name, SslApplicationProtocol protocol, CancellationToken cancellationToken)
    {
        var stream = new SslStream(await ConnectAsync(from, address, cancellationToken).ConfigureAwait(false));
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    CertificateChainPolicy = Only(root),
                    ApplicationProtocols = [protocol],
                },
                cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>For health endpoints, which have no TLS.</summary>
    public static HttpClient InClearTo(IPEndPoint address) => new(HandlerTo(address, root: null)) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>For clients that are built on a handler, such as WebSockets. Without a root it trusts nothing.</summary>
    public static SocketsHttpHandler HandlerTo(IPEndPoint address, X509Certificate2? root) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = (_, cancellationToken) => ConnectAsync(address, cancellationToken),
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Only(root) },
    };

    /// <summary>What a server sends in its handshake, leaf first, seen by a client that then refuses it.</summary>
    public static async Task<ImmutableArray<X509Certificate2>> PresentedByAsync(IPEndPoint address, string name, CancellationToken cancellationToken)
    {
        var presented = ImmutableArray<X509Certificate2>.Empty;
        using var handler = HandlerTo(address, root: null);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, chain, _) =>
        {
            // The callback's certificates live no longer than the handshake.
            presented = [.. chain!.ChainPolicy.ExtraStore.Select(certificate => X509CertificateLoader.LoadCertificate(certificate.RawData))];
            return false;
        };
        using var client = new HttpClient(handler);
        try
        {
            await client.GetStringAsync(new Uri($"https://{name}/"), cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            // Refused above, always.
        }

        return presented;
    }

    private static X509ChainPolicy Only(X509Certificate2? root)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (root is not null)
        {
            policy.CustomTrustStore.Add(root);
        }

        return policy;
    }

    private static ValueTask<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken) => ConnectAsync(IPAddress.Any, address, cancellationToken);

    private static async ValueTask<Stream> ConnectAsync(IPAddress from, IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (!from.Equals(IPAddress.Any))
            {
                socket.Bind(new IPEndPoint(from, 0));
            }

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
