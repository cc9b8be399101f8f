using Grpc.Core;
using Portcullis.Contract;
using Portcullis.Contract.Wire;

namespace Portcullis.Operator.Delivery;

/// <summary>The operator's end of the stream: who may call, and for how long.</summary>
internal sealed partial class LinkService(
    LeadingFleet fleet,
    Admission admission,
    IGatewayAuthenticator authenticator,
    DeliveryOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<LinkService> logger)
    : GatewayLink.GatewayLinkBase
{
    private const string Bearer = "Bearer ";
    private const double CallJitter = 0.1;

    public override async Task Connect(IAsyncStreamReader<GatewayMessage> requestStream, IServerStreamWriter<OperatorMessage> responseStream, ServerCallContext context)
    {
        var stopping = lifetime.ApplicationStopping;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);

        try
        {
            if (fleet.Current is not { } term)
            {
                // Before anything else: a gateway that looks for the leader asks every replica, and none of them needs to know who asks.
                await responseStream.WriteAsync(new OperatorMessage { NotLeading = new NotLeading() }, ending.Token).ConfigureAwait(false);
                return;
            }

            var (hello, caller) = await GreetAsync(requestStream, context, ending.Token).ConfigureAwait(false);
            await ServeAsync(term, hello, CallTime(caller), requestStream, responseStream, ending.Token).ConfigureAwait(false);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the operator is stopping"));
        }
        catch (Exception lost) when (lost is IOException || (lost is not RpcException && context.CancellationToken.IsCancellationRequested))
        {
            // Gateways come and go; only a fault of ours may look like one in the log. A reset can be read before the call is canceled for it.
            throw new RpcException(new Status(StatusCode.Cancelled, "the connection to the gateway was lost"));
        }
    }

    private async Task<(Hello Hello, Caller Caller)> GreetAsync(IAsyncStreamReader<GatewayMessage> messages, ServerCallContext context, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.HelloDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);

        try
        {
            var caller = await AuthenticateAsync(context, either.Token).ConfigureAwait(false);
            var hello = await ReadHelloAsync(messages, either.Token).ConfigureAwait(false);
            Admit(caller, hello, context);
            return (hello, caller);
        }
        catch (Exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"no hello within {options.HelloDeadline.TotalSeconds:0.#} s"));
        }
    }

    private async Task<Caller> AuthenticateAsync(ServerCallContext context, CancellationToken cancellationToken)
    {
        var authorization = context.RequestHeaders.GetValue("authorization") ?? "";
        var token = authorization.StartsWith(Bearer, StringComparison.Ordinal) ? authorization[Bearer.Length..] : "";
        var caller = token.Length == 0 ? new Caller.Stranger("it shows none") : await authenticator.IdentifyAsync(token, cancellationToken).ConfigureAwait(false);

        if (caller is Caller.Unknown unknown)
        {
            Log.NotAsked(logger, context.Peer, unknown.Why);
            throw new RpcException(new Status(StatusCode.Unavailable, "the operator cannot have this gateway's token reviewed at the moment"));
        }

        if (admission.ProblemOf(caller) is { } problem)
        {
            Log.NotAGateway(logger, context.Peer, problem);
            throw new RpcException(new Status(
                StatusCode.Unauthenticated,
                caller is Caller.Pod pod
                    ? $"the operator declares no gateway for {pod}"
                    : "the operator does not accept this gateway's token; give it the token file that this operator wrote, or in a cluster a token of its pod for the operator's audience"));
        }

        return caller;
    }

    private static async Task<Hello> ReadHelloAsync(IAsyncStreamReader<GatewayMessage> messages, CancellationToken cancellationToken)
    {
        var said = await messages.MoveNext(cancellationToken).ConfigureAwait(false) ? messages.Current.Hello : null;

        if (said is null || said.PodUid.Length == 0)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "a stream begins with a hello that names gateway and pod"));
        }

        return said;
    }

    private void Admit(Caller caller, Hello hello, ServerCallContext context)
    {
        if (admission.ProblemOf(caller, hello) is { } problem)
        {
            Log.NotThisGateway(logger, context.Peer, hello.Gateway, problem);
            throw new RpcException(new Status(StatusCode.PermissionDenied, $"the operator does not accept this token for gateway '{hello.Gateway}': {problem}"));
        }
    }

    /// <summary>Null when a call may last.</summary>
    private TimeSpan? CallTime(Caller caller)
    {
        if (caller is not Caller.Pod pod)
        {
            return null;
        }

        var longest = options.LongestCall * (1 - (CallJitter * Random.Shared.NextDouble()));
        var left = pod.Expires - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
    }

    private async Task ServeAsync(
        FleetTerm term, Hello hello, TimeSpan? callTime, IAsyncStreamReader<GatewayMessage> requestStream, IServerStreamWriter<OperatorMessage> responseStream, CancellationToken cancellationToken)
    {
        if (!term.Hub.TryFindFeed(hello.Gateway, out var feed))
        {
            throw new RpcException(new Status(
                StatusCode.NotFound,
                $"gateway '{hello.Gateway}' is not declared to the operator ({string.Join(", ", term.Hub.Gateways)}); start the gateway with a declared name, or declare it"));
        }

        using var member = term.Hub.Join(hello);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, member.Superseded);
        using var dismissal = new Dismissal(callTime, time, term.Ended);
        using var stream = new GatewayStream(hello, feed, responseStream, options, time)
        {
            Reported = member.Merge,
            MaySpeak = term.IsHeld,
            Outrun = term.Outrun,
            Unreadable = problem => Log.ReportNotUnderstood(logger, hello.Gateway, hello.PodName, problem, hello.ContractVersion, ContractVersion.Current),
        };

        Log.GatewayJoined(logger, hello.Gateway, hello.PodName, hello.Build);
        var cause = "it ended the stream";

        try
        {
            await stream.RunAsync(requestStream, dismissal.Message, ending.Token).ConfigureAwait(false);
            cause = dismissal.Cause ?? cause;
        }
        catch (Exception) when (member.Superseded.IsCancellationRequested)
        {
            cause = "it opened another stream";
            throw new RpcException(new Status(StatusCode.Aborted, "this gateway opened another stream, which counts"));
        }
        catch (Exception failure)
        {
            cause = failure is RpcException said ? said.Status.Detail : cancellationToken.IsCancellationRequested ? "the connection was lost, or the operator stops" : failure.Message;
            throw;
        }
        finally
        {
            Log.GatewayLeft(logger, hello.Gateway, hello.PodName, cause);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Gateway '{Gateway}' joined: {Pod}, build {Build}.")]
        public static partial void GatewayJoined(ILogger logger, string gateway, string pod, string build);

        [LoggerMessage(Level = LogLevel.Information, Message = "Gateway '{Gateway}' left: {Pod}: {Cause}.")]
        public static partial void GatewayLeft(ILogger logger, string gateway, string pod, string cause);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Peer} by its token: {Problem}. If it is a gateway, give it the token file of this operator, or in a cluster declare its ServiceAccount for a gateway.")]
        public static partial void NotAGateway(ILogger logger, string peer, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Peer} for the moment, because its token could not be reviewed: {Problem}.")]
        public static partial void NotAsked(ILogger logger, string peer, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Peer} as gateway '{Gateway}' by its token: {Problem}.")]
        public static partial void NotThisGateway(ILogger logger, string peer, string gateway, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A report of gateway '{Gateway}' ({Pod}) was left out: {Problem}. It speaks contract version {Theirs}, this operator {Ours}; upgrade the older one.")]
        public static partial void ReportNotUnderstood(ILogger logger, string gateway, string pod, string problem, int theirs, int ours);
    }
}
