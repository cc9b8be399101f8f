using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Portcullis.Operator.Cluster;

/// <summary>
/// The connections that one set of authorities vouches for. A transport that was replaced ends when the last answer that came over it was read to
/// its end.
/// </summary>
internal sealed class ApiTransport(ApiServerAddress server, string authorities) : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly HttpMessageInvoker client = new(HandlerOf(server, authorities));

    // The first user is whoever made it.
    private int users = 1;

    /// <summary>The PEM it was made of.</summary>
    public string Authorities => authorities;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken) => client.SendAsync(message, cancellationToken);

    /// <summary>False when it has ended.</summary>
    public bool TryEnter()
    {
        for (var seen = Volatile.Read(ref users); seen > 0;)
        {
            var found = Interlocked.CompareExchange(ref users, seen + 1, seen);

            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            client.Dispose();
        }
    }

    /// <summary>Ends everything that still runs over it.</summary>
    public void Dispose() => client.Dispose();

    private static SocketsHttpHandler HandlerOf(ApiServerAddress server, string authorities) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = server.ConnectTimeout,
        ConnectCallback = ConnectAsync,

        // Hundreds of watches do not fit on one connection.
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        SslOptions = new SslClientAuthenticationOptions
        {
            // A policy and no callback: the runtime then holds chain and name against it, and nothing here can answer yes by mistake.
            CertificateChainPolicy = PolicyOf(authorities),
            ClientCertificateContext = server.ClientCertificate is { } certificate ? SslStreamCertificateContext.Create(certificate, null, offline: true) : null,
        },
    };

    /// <summary>Pings exist over HTTP/2 only; a connection of HTTP/1.1 whose peer is gone would be trusted until its watch is overdue.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy PolicyOf(string authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = X509VerificationFlags.NoFlag,
            ApplicationPolicy = { new Oid(ServerAuthentication) },
        };

        policy.CustomTrustStore.ImportFromPem(authorities);

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new InvalidDataException("What vouches for the API server holds no certificate. Give the PEM of the cluster's CA.");
    }
}
