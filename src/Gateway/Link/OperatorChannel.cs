using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Portcullis.Contract.Wire;

namespace Portcullis.Gateway.Link;

/// <summary>Opens connections to the operator: TLS, verified against the given authorities and the address's name, HTTP/2 only.</summary>
internal static class OperatorChannel
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <exception cref="IOException">The file of authorities cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds no certificate.</exception>
    public static GrpcChannel Open(LinkOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // A proxy from the environment would see the token's connection and decide where it leads.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = options.ConnectTimeout,
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
