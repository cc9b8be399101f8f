using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Portcullis.Contract;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;
using Portcullis.TestKit.Pki;

namespace Portcullis.Gateway.Tests.Trust;

/// <summary>A real TLS handshake over loopback, judged in the callback as the connector does it.</summary>
internal static class Handshake
{
    /// <summary>Null when the handshake ended before the judge was asked.</summary>
    public static async Task<Verdict?> JudgeAsync(TrustScenario scenario, SslProtocols protocols, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        var serving = ServeAsync(listener, scenario, protocols, cancellationToken);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancellationToken);
        await using var stream = new SslStream(client.GetStream());
        Verdict? verdict = null;
        var authenticated = false;
        try
        {
            await stream.AuthenticateAsClientAsync(Options(scenario, protocols, judged => verdict = judged), cancellationToken);
            authenticated = true;
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            // The verdict says why, or there is none because it ended before.
        }

        client.Close();
        await serving;
        Assert.Equal(authenticated, verdict is Verdict.Trusted);
        return verdict;
    }

    private static SslClientAuthenticationOptions Options(TrustScenario scenario, SslProtocols protocols, Action<Verdict> judged)
    {
        var trust = scenario.Trust;
        return new SslClientAuthenticationOptions
        {
            TargetHost = scenario.Identity.ServerName ?? (scenario.Identity.Names is [{ Kind: SubjectNameKind.Ip } address] ? address.Value : ""),
            EnabledSslProtocols = protocols,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            CertificateChainPolicy = ChainPolicies.For(trust, scenario.At),
            RemoteCertificateValidationCallback = (_, leaf, chain, errors) =>
            {
                var verdict = Judge.Judged(leaf, chain, errors, scenario.Expectation, trust, new Evidence { ServerNameSent = scenario.Identity.ServerName }, scenario.At);
                judged(verdict);
                return verdict is Verdict.Trusted;
            },
        };
    }

    private static async Task ServeAsync(TcpListener listener, TrustScenario scenario, SslProtocols protocols, CancellationToken cancellationToken)
    {
        using var accepted = await listener.AcceptTcpClientAsync(cancellationToken);
        await using var stream = new SslStream(accepted.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = ExactServerContext.Sending(scenario.Sent),
                    EnabledSslProtocols = protocols,
                },
                cancellationToken);

            // A client refuses after the server believes that all went well.
            await stream.ReadExactlyAsync(new byte[1], cancellationToken);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException or NotSupportedException or ArgumentException)
        {
            // The client's side is what the test looks at.
        }
    }
}
