using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;
using Portcullis.Gateway.Proxy.Answers;
using Portcullis.Gateway.Proxy.Forwarding.WebSockets;
using Portcullis.Gateway.Proxy.Requests;
using Portcullis.Gateway.Proxy.Routing;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Forwarding;

/// <summary>One request from its route to its answer.</summary>
internal sealed partial class Dispatch : IDisposable
{
    private readonly YarpParts yarp;
    private readonly ProxyOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationToken gatewayEnds;
    private readonly CancellationToken webSocketsEnd;
    private readonly RequestAdmission admission;
    private readonly RequestPlaces places;
    private readonly RequestDelegate pipeline;

    public Dispatch(YarpParts yarp, ProxyOptions options, TimeProvider time, ILogger logger, CancellationToken gatewayEnds, CancellationToken webSocketsEnd)
    {
        this.yarp = yarp;
        this.options = options;
        this.time = time;
        this.logger = logger;
        this.gatewayEnds = gatewayEnds;
        this.webSocketsEnd = webSocketsEnd;
        admission = new RequestAdmission(options);
        places = new RequestPlaces(options, time, logger);
        pipeline = yarp.Pipeline(SendAsync);
    }

    public Task HandleAsync(HttpContext context, RouteTable table)
    {
        if (!IsServed(context))
        {
            return AnswerWriter.WriteAsync(context, Answer.MethodNotServed);
        }

        if (admission.Refusal(context) is { } refusal)
        {
            return AnswerWriter.WriteAsync(context, refusal);
        }

        var host = table.Find(RequestHost.NameIn(RequestHost.Of(context.Request)));
        var rule = host?.Find(context.Request);
        context.Features.Set(rule?.Load);

        if (RequestTarget.HasEncodedSlash(context) && !IsKept(context, host, rule))
        {
            return AnswerWriter.WriteAsync(context, Answer.PathNotServed);
        }

        if (rule is not null && FrontDoor.Answer(context, rule.Front, options.PublicHttpsPort) is { } answered)
        {
            return answered;
        }

        return rule switch
        {
            null => AnswerWriter.WriteAsync(context, Answer.NoRoute),
            CompiledRule.Refuse refuse => AnswerWriter.WriteAsync(context, Answer.Refused(refuse.Code)),
            CompiledRule.Redirect redirect => redirect.Target.AnswerAsync(context),
            CompiledRule.Forward forward => ForwardInItsPlaceAsync(context, forward),
            var unknown => throw new InvalidOperationException($"A rule of type {unknown.GetType().Name} cannot be done."),
        };
    }

    public void Dispose() => places.Dispose();

    // TRACE shows a client what the gateway added; CONNECT without a protocol asks for a tunnel to anywhere, and with one (RFC 8441) is served when it is a WebSocket. Methods
    // have no small letters: the forwarder writes those it knows in capitals, and what a rule took for another method would reach the backend as this one.
    private static bool IsServed(HttpContext context) => context.Request.Method switch
    {
        "TRACE" => false,
        "CONNECT" => PoliteUpgrade.IsWebSocket(context.Features.Get<IHttpExtendedConnectFeature>()),
        var method => !method.AsSpan().ContainsAnyInRange('a', 'z'),
    };

    // Whoever reads the slash as one must come to the same rule: else a request would get past the rule that the backend's own reading asks for.
    private static bool IsKept(HttpContext context, HostTable? host, CompiledRule? rule) =>
        rule is { KeepsEncodedSlashes: true } && ReferenceEquals(host?.Find(context.Request, RequestTarget.PathWithSlashes(context)), rule);

    private async Task ForwardInItsPlaceAsync(HttpContext context, CompiledRule.Forward forward)
    {
        if (places.TryTake(context, forward.Load, out var place) is { } refusal)
        {
            await AnswerWriter.WriteAsync(context, refusal).ConfigureAwait(false);
            return;
        }

        try
        {
            await ForwardAsync(context, forward).ConfigureAwait(false);
        }
        finally
        {
            places.Leave(place);
        }
    }

    private async Task ForwardAsync(HttpContext context, CompiledRule.Forward forward)
    {
        var session = forward.Sessions?.Find(context.Request.Headers);
        if ((session?.Target ?? forward.Targets.Choose(Random.Shared)) is not { } target)
        {
            await AnswerWriter.WriteAsync(context, Answer.NothingReady).ConfigureAwait(false);
            return;
        }

        if (target.Refusal is { } code)
        {
            await AnswerWriter.WriteAsync(context, Answer.Refused(code)).ConfigureAwait(false);
            return;
        }

        using var deadline = new RequestDeadline(forward.RequestTimeout, time, gatewayEnds);
        var request = new ForwardedRequest(target, forward, deadline, session);
        Prepare(context, request);
        target.Backend.Retries.Earn();
        if (forward.Retry is not null && await PrepareRetriesAsync(context, request).ConfigureAwait(false) is { } unreadable)
        {
            await AnswerWriter.WriteAsync(context, unreadable).ConfigureAwait(false);
            return;
        }

        await pipeline(context).ConfigureAwait(false);
        while (await IsSentAgainAsync(context, request).ConfigureAwait(false))
        {
            await pipeline(context).ConfigureAwait(false);
        }

        if (request.Error != ForwarderError.None)
        {
            await ExplainAsync(context, request, request.Error).ConfigureAwait(false);
        }
    }

    /// <summary>Null when the request can be sent, again or not.</summary>
    private static async Task<Answer?> PrepareRetriesAsync(HttpContext context, ForwardedRequest request)
    {
        if (!Repeatable.IsIdempotent(context))
        {
            return null;
        }

        try
        {
            if (await Repeatable.BodyAsync(context, request.Deadline.RequestTimeoutToken).ConfigureAwait(false) is { } body)
            {
                request.Retries = new Retries(context, request, request.Rule.Retry, body);
            }

            return null;
        }
        catch (BadHttpRequestException unreadable)
        {
            return Answer.BadRequest(unreadable.StatusCode);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            // The client's own connection ended, or the request's time; whoever is still there is told which.
            return FailureAnswers.For(ForwarderError.RequestBodyClient, null, StatusCodes.Status400BadRequest, request.Deadline);
        }
    }

    private async ValueTask<bool> IsSentAgainAsync(HttpContext context, ForwardedRequest request)
    {
        if (request.Retries is not { IsPlanned: true } && !PlansAfterFailure(context, request))
        {
            return false;
        }

        var retries = request.Retries!;
        Log.SentAgain(logger, request.Target.Backend.Key, request.Endpoint?.Address.Authority, retries.Wait, request.Error);

        // Keeps its own error when it cannot be sent any more: the client left, or the gateway stops.
        return await retries.BeginAsync(time).ConfigureAwait(false);
    }

    private static bool PlansAfterFailure(HttpContext context, ForwardedRequest request)
    {
        if (request.Error == ForwarderError.None)
        {
            return false;
        }

        // Made only now, so that requests that succeed do not pay.
        request.Retries ??= new Retries(context, request, rule: null, []);

        return request.Retries.PlansAfter(request.Error, context.GetForwarderErrorFeature()?.Exception);
    }

    private void Prepare(HttpContext context, ForwardedRequest request)
    {
        context.Features.Set<IReverseProxyFeature>(request);
        context.Features.Set<IHttpRequestTimeoutFeature>(request.Deadline);
        request.Rule.Sessions?.Hide(context.Request.Headers);
        request.Filters?.RequestEdits?.ApplyToRequest(context.Request.Headers);

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.Requests.BodyBytes;
        }

        // Every upgrade begins with GET (RFC 6455, section 4.1), and the forwarder makes it one: what another rule took, as another method, is no upgrade.
        if (context.Request.Method != HttpMethods.Get)
        {
            context.Request.Headers.Remove(HeaderNames.Upgrade);
        }

        PoliteUpgrade.Prepare(context, webSocketsEnd);

        // YARP makes a key of its own for HTTP/1.1 backends; one that a client sent with extended CONNECT would be sent beside it.
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true })
        {
            context.Request.Headers.Remove(HeaderNames.SecWebSocketKey);
        }
    }

    private async Task SendAsync(HttpContext context)
    {
        var request = ForwardedRequest.Of(context);
        if (request.AvailableDestinations is not [var destination, ..])
        {
            await AnswerWriter.WriteAsync(context, Answer.NothingReady).ConfigureAwait(false);
            return;
        }

        request.ProxiedDestination = destination;
        var endpoint = request.Target.EndpointOf(destination);
        endpoint.RequestStarts();
        try
        {
            request.Error = await yarp.Forwarder.SendAsync(
                context,
                destination.Model.Config.Address,
                request.Target.Backend.Client,
                request.Target.Request,
                request.Target.Route.Transformer,
                request.Deadline.StartAttempt(request.Rule.BackendRequestTimeout)).ConfigureAwait(false);
            request.Target.Backend.Health.RequestEnded(endpoint, request.Error, context);
        }
        finally
        {
            endpoint.RequestEnds();
        }
    }

    private async Task ExplainAsync(HttpContext context, ForwardedRequest request, ForwarderError error)
    {
        // A client that left hears nothing. A response that has begun was reset by the forwarder: half of it must not look like a whole one.
        if (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
        {
            return;
        }

        var exception = context.GetForwarderErrorFeature()?.Exception;
        var answer = FailureAnswers.For(error, exception, context.Response.StatusCode, request.Deadline);
        Log.Failed(logger, request.Target.Backend.Key, request.Endpoint?.Address.Authority, answer.Code, error);
        await AnswerWriter.WriteAsync(context, answer).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "A request to {Backend} at {Endpoint} is sent again in {Wait} ({Error}).")]
        public static partial void SentAgain(ILogger logger, Backends.BackendKey backend, string? endpoint, TimeSpan wait, ForwarderError error);

        // The change of a verdict is logged once, at its endpoint; this is for whoever follows one request.
        [LoggerMessage(Level = LogLevel.Debug, Message = "A request to {Backend} at {Endpoint} failed with {Code} ({Error}).")]
        public static partial void Failed(ILogger logger, Backends.BackendKey backend, string? endpoint, string code, ForwarderError error);
    }
}
