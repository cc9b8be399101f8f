using Grpc.Core;
using Portcullis.Contract;
using Portcullis.Contract.Wire;

namespace Portcullis.Operator.Delivery;

/// <summary>The operator's end of the stream: who may call, and for how long.</summary>
internal sealed partial class LinkService(
    FleetHub hub, IGatewayAuthenticator authenticator, DeliveryOptions options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LinkService> logger)
    : GatewayLink.GatewayLinkBase
{
    private const string Bearer = "Bearer ";

    public override async Task Connect(IAsyncStreamReader<GatewayMessage> requestStream, IServerStreamWriter<OperatorMessage> responseStream, ServerCallContext context)
    {
        var stopping = lifetime.ApplicationStopping;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);

        try
        {
            var hello = await GreetAsync(requestStream, context, ending.Token).ConfigureAwait(false);
            await ServeAsync(hello, requestStream, responseStream, ending.Token).ConfigureAwait(false);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the operator is stopping"));
        }
        catch (Exception lost) when (lost is not RpcException && context.CancellationToken.IsCancellationRequested)
        {
            // Gateways come and go; only a fault of ours may look like one in the log.
            throw new RpcException(new Status(StatusCode.Cancelled, "the connection to the gateway was lost"));
        }
    }

    private async Task<Hello> GreetAsync(IAsyncStreamReader<GatewayMessage> messages, ServerCallContext context, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.HelloDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);

        try
        {
            await AuthenticateAsync(context, either.Token).ConfigureAwait(false);
            return await ReadHelloAsync(messages, either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"no hello within {options.HelloDeadline.TotalSeconds:0.#} s"));
        }
    }

    private async Task AuthenticateAsync(ServerCallContext context, CancellationToken cancellationToken)
    {
        var authorization = context.RequestHeaders.GetValue("authorization") ?? "";
        var token = authorization.StartsWith(Bearer, StringComparison.Ordinal) ? authorization[Bearer.Length..] : "";

        if (token.Length == 0 || !await authenticator.IsGatewayAsync(token, cancellationToken).ConfigureAwait(false))
        {
            Log.NotAGateway(logger, context.Peer);
            throw new RpcException(new Status(StatusCode.Unauthenticated, "the operator does not accept this gateway's token; give it the token file that this operator wrote"));
        }
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

    private async Task ServeAsync(
        Hello hello, IAsyncStreamReader<GatewayMessage> requestStream, IServerStreamWriter<OperatorMessage> responseStream, CancellationToken cancellationToken)
    {
        if (!hub.TryFindFeed(hello.Gateway, out var feed))
        {
            throw new RpcException(new Status(
                StatusCode.NotFound,
                $"gateway '{hello.Gateway}' is not declared to the operator ({string.Join(", ", hub.Gateways)}); start the gateway with a declared name, or declare it"));
        }

        using var member = hub.Join(hello);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, member.Superseded);
        using var stream = new GatewayStream(hello, feed, responseStream, options, time)
        {
            Reported = member.Merge,
            Unreadable = problem => Log.ReportNotUnderstood(logger, hello.Gateway, hello.PodName, problem, hello.ContractVersion, ContractVersion.Current),
        };

        Log.GatewayJoined(logger, hello.Gateway, hello.PodName, hello.Build);
        var cause = "it ended the stream";

        try
        {
            await stream.RunAsync(requestStream, ending.Token).ConfigureAwait(false);
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

        [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {Peer}: it showed no token, or a wrong one. If it is a gateway, give it the token file of this operator.")]
        public static partial void NotAGateway(ILogger logger, string peer);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A report of gateway '{Gateway}' ({Pod}) was left out: {Problem}. It speaks contract version {Theirs}, this operator {Ours}; upgrade the older one.")]
        public static partial void ReportNotUnderstood(ILogger logger, string gateway, string pod, string problem, int theirs, int ours);
    }
}
