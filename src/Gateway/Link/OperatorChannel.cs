using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Portcullis.Contract.Wire;

namespace Portcullis.Gateway.Link;

/// <summary>Opens connections to one replica of the operator: TLS, verified against the given authorities and the operator's one name, HTTP/2 only.</summary>
internal static class OperatorChannel
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <param name="options">Who is called, and how it is verified.</param>
    /// <param name="address">The replica; whatever its address is, it must have the operator's name.</param>
    /// <param name="connectTimeout">For connection and handshake.</param>
    /// <exception cref="IOException">The file of authorities cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds no certificate.</exception>
    public static GrpcChannel Open(LinkOptions options, IPEndPoint address, TimeSpan connectTimeout)
    {
        var handler = new SocketsHttpHandler
        {
            // A proxy from the environment would see the token's connection and decide where it leads.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = connectTimeout,
            ConnectCallback = (_, cancellationToken) => ConnectAsync(address, cancellationToken),
            KeepAlivePingDelay = options.PingDelay,
            KeepAlivePingTimeout = options.PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                AllowTlsResume = false,

                // A policy and no callback: the runtime then holds chain and name against it, and nothing here can answer yes by mistake.
                CertificateChainPolicy = PolicyOf(options.CaFile),
            },
        };

        return GrpcChannel.ForAddress(options.Operator, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = WireLimits.MessageBytes,
            MaxSendMessageSize = WireLimits.MessageBytes,
        });
    }

    /// <summary>Only the way there: TLS is made over it by the handler, for the name in the operator's address.</summary>
    private static async ValueTask<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

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

    private static X509ChainPolicy PolicyOf(string file)
    {
        var authorities = AuthoritiesOf(file);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = X509VerificationFlags.NoFlag,
        };

        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return policy;
    }

    private static X509Certificate2Collection AuthoritiesOf(string file)
    {
        var authorities = new X509Certificate2Collection();

        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (CryptographicException malformed)
        {
            throw new InvalidDataException($"'{file}' is not a PEM file of certificates; it must hold the operator's authority.", malformed);
        }

        return authorities.Count > 0
            ? authorities
            : throw new InvalidDataException($"'{file}' holds no certificate; it must hold the operator's authority.");
    }
}
