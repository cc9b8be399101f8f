using Microsoft.AspNetCore.Http;
using Portcullis.Gateway.Proxy.Connecting;
using Portcullis.Gateway.Proxy.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace Portcullis.Gateway.Proxy.Answers;

/// <summary>What a client is told when forwarding failed.</summary>
internal static class FailureAnswers
{
    public static Answer For(ForwarderError error, Exception? exception, int statusSet, RequestDeadline deadline)
    {
        if (CauseOf.TryFind<BackendRefusedException>(exception, out var refused))
        {
            return Answer.Of(refused.Refusal);
        }

        if (CauseOf.Has<EndpointBusyException>(exception))
        {
            return Answer.TooManyConnections;
        }

        return error switch
        {
            _ when deadline.HasPassed => Answer.TimedOut,
            _ when deadline.RequestTimeoutToken.IsCancellationRequested => Answer.GatewayStops,
            _ when deadline.AttemptHasPassed => Answer.TimedOut,
            ForwarderError.NoAvailableDestinations => Answer.NothingReady,
            ForwarderError.RequestTimedOut => Answer.TimedOut,
            ForwarderError.RequestBodyClient => Answer.BadRequest(statusSet),
            ForwarderError.ResponseHeaders => Answer.NotHttp,
            _ when exception is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => Answer.ResponseHeadersTooLong,
            _ when exception is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => Answer.NotHttp,
            _ => statusSet == StatusCodes.Status504GatewayTimeout ? Answer.TimedOut : Answer.ConnectionLost,
        };
    }
}
