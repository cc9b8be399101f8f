using System.Security.Authentication;
using Grpc.Core;

namespace Portcullis.Gateway.Link;

/// <summary>Why a stream ended, in a phrase without a full stop, and what follows from it.</summary>
/// <param name="Cause">Never holds the token.</param>
/// <param name="Kind">What it says about the operator.</param>
/// <param name="NeedsEverything">What arrived did not fit what is held: only a full snapshot helps.</param>
internal sealed record LinkFailure(string Cause, LinkFailureKind Kind = LinkFailureKind.Passing, bool NeedsEverything = false)
{
    public static LinkFailure Ended { get; } = new("it ended the stream");

    public bool SomeoneMustAct => Kind == LinkFailureKind.SomeoneMustAct;

    public static LinkFailure From(Exception failure, LinkOptions options) => failure switch
    {
        NotLeadingException standby => new LinkFailure(standby.Message, LinkFailureKind.NotLeading),
        CallAgainException again => new LinkFailure(again.Message, LinkFailureKind.CallAgain),
        BrokenConfigurationException broken => new LinkFailure(broken.Message, NeedsEverything: true),
        StaleConfigurationException stale => new LinkFailure(stale.Message, LinkFailureKind.SomeoneMustAct),
        RpcException rpc => FromStatus(rpc, options),
        TimeoutException silence => new LinkFailure(silence.Message),
        FileNotFoundException or DirectoryNotFoundException => new LinkFailure($"{failure.Message} The operator writes it when it starts; see --token-file and --operator-ca"),
        IOException or InvalidDataException or UnauthorizedAccessException => new LinkFailure(failure.Message.TrimEnd('.'), LinkFailureKind.SomeoneMustAct),
        _ => new LinkFailure($"{failure.GetType().Name}: {failure.Message.TrimEnd('.')}"),
    };

    private static LinkFailure FromStatus(RpcException rpc, LinkOptions options)
    {
        // The status code is no guide here (a failed handshake is Internal, like a lost ping); the exception under it is.
        if (InnerOf<AuthenticationException>(rpc.Status.DebugException) is { } tls)
        {
            return new LinkFailure(
                $"its certificate is not vouched for by {options.CaFile}, or not for the name {options.Operator.Host} ({tls.Message.TrimEnd('.')})",
                LinkFailureKind.SomeoneMustAct);
        }

        var cause = rpc.Status.Detail.TrimEnd('.');
        return new LinkFailure(
            cause.Length > 0 ? cause : rpc.StatusCode.ToString(),
            rpc.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.NotFound or StatusCode.FailedPrecondition
                ? LinkFailureKind.SomeoneMustAct
                : LinkFailureKind.Passing);
    }

    private static T? InnerOf<T>(Exception? failure)
        where T : Exception
    {
        while (failure is not null and not T)
        {
            failure = failure.InnerException;
        }

        return failure as T;
    }
}
