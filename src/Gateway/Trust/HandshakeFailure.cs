using System.Net.Sockets;
using System.Security.Authentication;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>The exception of a failed connection or handshake → why, in the words of a verdict.</summary>
internal static class HandshakeFailure
{
    public static Verdict.Refused Of(Exception failure, HandshakeAttempt attempt)
    {
        // The exception of a handshake that the judge ended says nothing that the judge did not.
        if (attempt.Judged is Verdict.Refused refused)
        {
            return refused;
        }

        var (reason, detail) = Explain(failure, attempt);
        return new Verdict.Refused(reason) { Evidence = attempt.Connection with { Detail = detail } };
    }

    private static (VerdictReason Reason, string? Detail) Explain(Exception failure, HandshakeAttempt attempt)
    {
        var said = Chain(failure).ToArray();
        if (attempt.FirstBytes.Span.StartsWith("HTTP/"u8))
        {
            return (VerdictReason.PlaintextBackend, "it answered in plain HTTP");
        }

        // SslStream reads the length of a TLS frame out of whatever came.
        if (Speaks(said, "frame size", "corrupted frame", "wrong version number", "http request"))
        {
            return (VerdictReason.PlaintextBackend, "it did not answer in TLS");
        }

        if (Speaks(said, "alert protocol version", "unsupported protocol", "inappropriate fallback"))
        {
            return (VerdictReason.ProtocolVersionRejected, $"TLS {Version(attempt.MinimumVersion)} or newer was offered");
        }

        if (Speaks(said, "certificate required", "alert bad certificate", "alert unknown ca", "alert certificate", "alert access denied", "alert unsupported certificate"))
        {
            return (VerdictReason.ClientCertificateRejected, attempt.ClientCertificateOffered ? "it refused the client certificate" : "it asked for a client certificate");
        }

        if (Speaks(said, "unrecognized name"))
        {
            return (VerdictReason.HostnameMismatch, "it serves no virtual host of that name");
        }

        return (VerdictReason.Unreachable, Phrase(said));
    }

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (var current = failure; current is not null; current = current.InnerException)
        {
            yield return current;
        }
    }

    private static bool Speaks(Exception[] said, params ReadOnlySpan<string> phrases)
    {
        foreach (var phrase in phrases)
        {
            if (said.Any(exception => exception.Message.Contains(phrase, StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }

    // Kinds of failure rather than messages: those hold addresses and numbers that change from one attempt to the next.
    private static string Phrase(Exception[] said) => said.OfType<SocketException>().FirstOrDefault()?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "the connection was refused",
        SocketError.TimedOut => "the connection timed out",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "its name could not be resolved",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no route to it",
        SocketError.ConnectionReset => "it closed the connection during the handshake",
        { } other => $"the socket reported {other}",
        null when said.Any(exception => exception is OperationCanceledException or TimeoutException) => "the handshake did not finish in time",
        null when said.Any(exception => exception is AuthenticationException) => "the TLS handshake failed",
        null => "it closed the connection during the handshake",
    };

    private static string Version(TlsVersion version) => version == TlsVersion.Tls13 ? "1.3" : "1.2";
}
