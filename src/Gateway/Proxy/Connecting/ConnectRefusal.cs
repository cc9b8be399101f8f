using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>Why there is no connection: the verdict for people, the error type for Proxy-Status.</summary>
internal sealed record ConnectRefusal(Verdict.Refused Verdict, string Error)
{
    /// <summary>The usual error type of the verdict's reason.</summary>
    public static ConnectRefusal Of(Verdict.Refused verdict) => new(verdict, ErrorOf(verdict.Reason));

    private static string ErrorOf(VerdictReason reason) => reason switch
    {
        VerdictReason.ForbiddenAddress => ProxyError.DestinationIpProhibited,
        VerdictReason.TrustNotMounted => ProxyError.DestinationUnavailable,
        VerdictReason.Unreachable => ProxyError.ConnectionTerminated,
        VerdictReason.PlaintextBackend or VerdictReason.ProtocolVersionRejected => ProxyError.TlsProtocolError,
        VerdictReason.ClientCertificateRejected => ProxyError.TlsAlertReceived,
        _ => ProxyError.TlsCertificateError,
    };
}
