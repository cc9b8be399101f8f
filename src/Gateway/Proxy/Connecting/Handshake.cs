using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Trust;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>
/// TLS to a backend, the only place that sets it up. The server name comes from the endpoint and never from a request; the chain is built with our policy
/// alone and judged by the one judge, on this very connection (P1).
/// </summary>
internal sealed class Handshake(TimeProvider time)
{
    /// <exception cref="BackendRefusedException">The backend is not verified. Nothing but the handshake was sent.</exception>
    /// <exception cref="OperationCanceledException">The token ended the attempt.</exception>
    public async Task VerifyAsync(VerifiedStream stream, Attempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            await stream.AuthenticateAsClientAsync(Options(stream, attempt), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw Explained(stream, attempt, failure);
        }

        // The handshake cannot have succeeded like this. Should it ever, nothing is sent.
        if (!stream.IsVerified || stream.SslProtocol < Lowest(attempt.Security.MinimumVersion))
        {
            throw Explained(stream, attempt, new AuthenticationException("The handshake ended without a verdict."));
        }

        if (attempt.Endpoint.Address.IsHttp2 && stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
        {
            throw attempt.Refuse(VerdictReason.Unreachable, ProxyError.HttpProtocolError, "the backend did not agree to HTTP/2 (ALPN h2)");
        }
    }

    /// <summary>What it means that the connection ended before the backend's first word; null when it says nothing about TLS.</summary>
    public static BackendRefusedException? LateRefusal(Attempt attempt, IOException failure)
    {
        var refused = HandshakeFailure.Of(failure, new HandshakeAttempt
        {
            Connection = attempt.Evidence,
            MinimumVersion = attempt.Security.MinimumVersion,
            ClientCertificateOffered = attempt.Security.ClientCertificate is not null,
        });

        return refused.Reason == VerdictReason.ClientCertificateRejected ? new BackendRefusedException(ConnectRefusal.Of(refused), failure) : null;
    }

    private SslClientAuthenticationOptions Options(VerifiedStream stream, Attempt attempt)
    {
        var now = time.GetUtcNow();
        var policy = ChainPolicies.For(attempt.Security.Trust, now);

        return new SslClientAuthenticationOptions
        {
            TargetHost = TargetOf(attempt.Identity),
            CertificateChainPolicy = policy,
            EnabledSslProtocols = attempt.Security.MinimumVersion == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [attempt.Endpoint.Address.IsHttp2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],

            ClientCertificateContext = attempt.Security.ClientCertificate?.Held?.Context,
            LocalCertificateSelectionCallback = attempt.Security.ClientCertificate is null ? AskedInVain(stream) : null,

            // A resumed session would carry a verdict over from another connection, and from other trust.
            AllowTlsResume = false,
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = (_, leaf, chain, errors) =>
            {
                var evidence = attempt.Evidence with { TlsVersion = VersionOf(stream) };
                var verdict = Judge.Judged(leaf, chain, errors, attempt.Security.Expect(attempt.Identity), attempt.Security.Trust, evidence, now);
                stream.Record(Presented(leaf, chain, attempt.Security.Trust), verdict);

                return verdict is Verdict.Trusted;
            },
        };
    }

    // There is no certificate to give, but being asked for one explains what a backend does next.
    private static LocalCertificateSelectionCallback AskedInVain(VerifiedStream stream) => (_, _, _, remote, issuers) =>
    {
        stream.WasAskedForCertificate |= remote is not null || issuers.Length > 0;
        return null!;
    };

    // An address is never sent as SNI, but SslStream's own name check wants to know it.
    private static string TargetOf(PeerIdentity identity) =>
        identity.ServerName ?? (identity.Names is [{ Kind: SubjectNameKind.Ip } address] ? address.Value : "");

    // SslStream disposes the certificates after the handshake, so their bytes are kept.
    private static ImmutableArray<byte[]> Presented(X509Certificate? leaf, X509Chain? chain, TrustSet trust) =>
        leaf is X509Certificate2 own && chain is not null ? [.. PeerCertificates.Of(own, chain, trust).Select(certificate => certificate.RawData)] : [];

    private static BackendRefusedException Explained(VerifiedStream stream, Attempt attempt, Exception failure)
    {
        var refused = HandshakeFailure.Of(failure, new HandshakeAttempt
        {
            Connection = attempt.Evidence,
            MinimumVersion = attempt.Security.MinimumVersion,
            Judged = stream.Verdict,
            ClientCertificateOffered = attempt.Security.ClientCertificate is not null,
        });
        if (refused.Reason != VerdictReason.Unreachable)
        {
            return new BackendRefusedException(ConnectRefusal.Of(refused), failure);
        }

        // TLS 1.2 has no alert of its own for a certificate that did not come: it breaks off, which tells nothing unless it asked for one. An alert with
        // another name is about something else.
        return stream.WasAskedForCertificate && (ErrorOf(failure) != ProxyError.TlsAlertReceived || Says(failure, "alert handshake failure"))
            ? attempt.Refuse(VerdictReason.ClientCertificateRejected, ProxyError.TlsAlertReceived, "it asked for a client certificate", failure)
            : new BackendRefusedException(new ConnectRefusal(refused, ErrorOf(failure)), failure);
    }

    // OpenSSL names an alert that came as one; what it could not make sense of itself has no such word.
    private static string ErrorOf(Exception failure) => failure switch
    {
        AuthenticationException { InnerException: { } inner } when Says(inner, " alert ") => ProxyError.TlsAlertReceived,
        AuthenticationException => ProxyError.TlsProtocolError,
        _ => ProxyError.ConnectionTerminated,
    };

    private static bool Says(Exception failure, string phrase) => failure.ToString().Contains(phrase, StringComparison.Ordinal);

    public static SslProtocols Lowest(TlsVersion version) => version == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12;

    private static string? VersionOf(VerifiedStream stream) => stream.SslProtocol switch
    {
        SslProtocols.Tls12 => "1.2",
        SslProtocols.Tls13 => "1.3",
        _ => null,
    };
}
