using Microsoft.AspNetCore.Http;
using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Connecting;

namespace Portcullis.Gateway.Proxy.Answers;

/// <summary>An answer of the gateway's own. It carries a code for whoever runs the gateway and nothing about what is behind it.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Code">Stable for ever; a verdict's or a rule's where there is one.</param>
/// <param name="Error">The type in Proxy-Status.</param>
/// <param name="Title">One sentence for the caller.</param>
internal sealed record Answer(int Status, string Code, string Error, string Title)
{
    /// <summary>Null when the caller is not asked to come again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Answer NoRoute { get; } = new(
        StatusCodes.Status404NotFound, "PC3101", ProxyError.DestinationNotFound, "No route serves this host and path.");

    public static Answer NothingReady { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "PC3102", ProxyError.DestinationUnavailable, "The backend has no address that is ready.");

    public static Answer TooManyConnections { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "PC3103", ProxyError.ConnectionLimitReached, "The backend has as many connections as its route allows.");

    public static Answer TimedOut { get; } = new(
        StatusCodes.Status504GatewayTimeout, "PC3104", ProxyError.HttpResponseTimeout, "The backend did not answer in time.");

    public static Answer ConnectionLost { get; } = new(
        StatusCodes.Status502BadGateway, "PC3105", ProxyError.ConnectionTerminated, "The connection to the backend ended before its answer.");

    public static Answer NotHttp { get; } = new(
        StatusCodes.Status502BadGateway, "PC3106", ProxyError.HttpProtocolError, "The backend's answer is not valid.");

    public static Answer GatewayStops { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "PC3107", ProxyError.ConnectionTerminated, "The gateway is stopping.");

    public static Answer MethodNotServed { get; } = new(
        StatusCodes.Status405MethodNotAllowed, "PC3108", ProxyError.HttpRequestDenied, "This method is not served.");

    public static Answer Misdirected { get; } = new(
        StatusCodes.Status421MisdirectedRequest, "PC3112", ProxyError.HttpRequestDenied, "This host is served under another certificate; open a connection of its own.");

    public static Answer RouteTooBusy { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "PC3113", ProxyError.HttpRequestDenied, "This route has as many requests under way as it may have.")
    { RetryAfter = Soon };

    public static Answer GatewayTooBusy { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "PC3114", ProxyError.HttpRequestDenied, "The gateway has as many requests under way as it may have.")
    { RetryAfter = Soon };

    public static Answer ClientTooBusy { get; } = new(
        StatusCodes.Status429TooManyRequests, "PC3115", ProxyError.HttpRequestDenied, "You have as many requests under way as one client may have.")
    { RetryAfter = Soon };

    public static Answer ClientTooFast { get; } = new(
        StatusCodes.Status429TooManyRequests, "PC3116", ProxyError.HttpRequestDenied, "You send more requests in a second than one client may.")
    { RetryAfter = Soon };

    public static Answer RequestLineTooLong { get; } = new(
        StatusCodes.Status414UriTooLong, "PC3117", ProxyError.HttpRequestError, "The address is longer than the gateway takes.");

    public static Answer ResponseHeadersTooLong { get; } = new(
        StatusCodes.Status502BadGateway, "PC3118", ProxyError.HttpResponseHeaderSectionSize, "The backend's answer has more than 64 KiB of header fields.");

    public static Answer BodyTooLong { get; } = new(
        StatusCodes.Status413PayloadTooLarge, "PC3119", ProxyError.HttpRequestDenied, "The request's body is longer than this gateway takes.");

    public static Answer NotConfigured { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "PC3111", ProxyError.DestinationUnavailable, "The gateway has no configuration yet.");

    public static Answer PathNotServed { get; } = new(
        StatusCodes.Status400BadRequest,
        "PC3120",
        ProxyError.HttpRequestError,
        "The path can be read in two ways: write slashes and backslashes plainly, leave NUL and fragments out, and encode completely.");

    public static Answer Refused(string code) => new(
        StatusCodes.Status503ServiceUnavailable, code, ProxyError.DestinationUnavailable, "This route cannot be served.");

    /// <summary>The client's own request was broken off or too slow.</summary>
    public static Answer BadRequest(int status) => status == StatusCodes.Status413PayloadTooLarge
        ? BodyTooLong
        : new(status, "PC3109", ProxyError.HttpRequestError, "The request could not be read.");

    public static Answer Of(ConnectRefusal refusal)
    {
        var status = refusal.Verdict.Reason switch
        {
            VerdictReason.TrustNotMounted => StatusCodes.Status503ServiceUnavailable,
            _ when refusal.Error == ProxyError.ConnectionTimeout => StatusCodes.Status504GatewayTimeout,
            _ => StatusCodes.Status502BadGateway,
        };

        return new Answer(status, VerdictText.Code(refusal.Verdict.Reason), refusal.Error, TitleOf(refusal.Verdict.Reason));
    }

    private static TimeSpan Soon => TimeSpan.FromSeconds(1);

    private static string TitleOf(VerdictReason reason) => reason switch
    {
        VerdictReason.TrustNotMounted => "The trust for this backend is not in force.",
        VerdictReason.Unreachable => "The backend cannot be reached.",
        _ => "The backend could not be verified.",
    };
}
