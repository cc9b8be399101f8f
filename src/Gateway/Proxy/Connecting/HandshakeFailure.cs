using System.Net.Sockets;
using System.Security.Authentication;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>What a failed handshake means when the certificate was never judged. The runtime says it in messages only; an unknown one is still a refusal.</summary>
internal static class HandshakeFailure
{
    private static readonly (string Part, VerdictReason Reason, string Detail)[] Known =
    [
        ("Cannot determine the frame size", VerdictReason.PlaintextBackend, "the answer to the handshake was not TLS"),
        ("corrupted frame", VerdictReason.PlaintextBackend, "the answer to the handshake was not TLS"),
        ("wrong version number", VerdictReason.PlaintextBackend, "the answer to the handshake was not TLS"),
        ("packet length too long", VerdictReason.PlaintextBackend, "the answer to the handshake was not TLS"),
        ("http request", VerdictReason.PlaintextBackend, "the answer to the handshake was not TLS"),
        ("unsupported protocol", VerdictReason.ProtocolVersionRejected, "no common protocol version"),
        ("protocol version", VerdictReason.ProtocolVersionRejected, "no common protocol version"),
        ("certificate required", VerdictReason.ClientCertificateRejected, "a client certificate is required"),
    ];

    public static (VerdictReason Reason, string Detail) Explain(Exception? failure)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (Array.Find(Known, known => inner.Message.Contains(known.Part, StringComparison.OrdinalIgnoreCase)) is { Part: not null } known)
            {
                return (known.Reason, known.Detail);
            }

            if (inner is SocketException socket)
            {
                return (VerdictReason.Unreachable, $"socket error {socket.SocketErrorCode} during the handshake");
            }
        }

        return failure is IOException
            ? (VerdictReason.Unreachable, "the connection ended during the handshake")
            : (VerdictReason.Unreachable, $"the handshake failed ({(failure as AuthenticationException)?.InnerException?.GetType().Name ?? failure?.GetType().Name ?? "no verdict"})");
    }
}
