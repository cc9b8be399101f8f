using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Connecting;
using Yarp.ReverseProxy.Forwarder;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>Which failures of an attempt may pass by themselves.</summary>
internal static class RetryableFailure
{
    /// <summary>Whether an attempt whose rule permits retries was lost for want of a connection, on the way, or by its own time.</summary>
    public static bool IsLost(ForwarderError error, Exception? exception, RequestDeadline deadline) =>
        Refusal(exception) is { } refused
            ? refused.Refusal.Verdict.Reason == VerdictReason.Unreachable
            : CauseOf.Has<EndpointBusyException>(exception) || IsBrokenOff(error, exception) || deadline.AttemptHasPassed;

    /// <summary>Whether nobody answered the call: nothing was sent, and no certificate was judged, so no verdict is put to the test again.</summary>
    public static bool IsUnreachable(Exception? exception) => Refusal(exception)?.Refusal.Verdict.Reason == VerdictReason.Unreachable;

    /// <summary>Whether the connection or its stream ended before there were response headers: GOAWAY, REFUSED_STREAM, a reset, an end.</summary>
    public static bool IsBrokenOff(ForwarderError error, Exception? exception) =>
        error == ForwarderError.Request
        && Refusal(exception) is null
        && exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError or HttpRequestError.ConnectionError or HttpRequestError.Unknown,
        }
        && (CauseOf.Has<IOException>(exception) || CauseOf.Has<HttpProtocolException>(exception));

    private static BackendRefusedException? Refusal(Exception? exception) => CauseOf.TryFind<BackendRefusedException>(exception, out var refused) ? refused : null;
}
