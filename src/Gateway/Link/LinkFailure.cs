using System.Security.Authentication;
using Grpc.Core;

namespace Portcullis.Gateway.Link;

/// <summary>Why a stream ended, in a phrase without a full stop, and what follows from it.</summary>
/// <param name="Cause">Never holds the token.</param>
/// <param name="SomeoneMustAct">Trying again will not heal it.</param>
/// <param name="NeedsEverything">What arrived did not fit what is held: only a full snapshot helps.</param>
internal sealed record LinkFailure(string Cause, bool SomeoneMustAct = false, bool NeedsEverything = false)
{
    public static LinkFailure Ended { get; } = new("it ended the stream");

    public static LinkFailure From(Exception failure, LinkOptions options) => failure switch
    {
        BrokenConfigurationException broken => new LinkFailure(broken.Message, NeedsEverything: true),
        StaleConfigurationException stale => new LinkFailure(stale.Message, SomeoneMustAct: true),
        RpcException rpc => FromStatus(rpc, options),
        TimeoutException silence => new LinkFailure(silence.Message),
        FileNotFoundException or DirectoryNotFoundException => new LinkFailure($"{failure.Message} The operator writes it when it starts; see --token-file and --operator-ca", SomeoneMustAct: false),
        IOException or InvalidDataException or UnauthorizedAccessException => new LinkFailure(failure.Message.TrimEnd('.'), SomeoneMustAct: true),
        _ => new LinkFailure($"{failure.GetType().Name}: {failure.Message.TrimEnd('.')}"),
    };

    private static LinkFailure FromStatus(RpcException rpc, LinkOptions options)
    {
        // The status code is no guide here (a failed handshake is Internal, like a lost ping); the exception under it is.
        if (InnerOf<AuthenticationException>(rpc.Status.DebugException) is { } tls)
        {
            return new LinkFailure(
                $"its certificate is not vouched for by {options.CaFile}, or not for the name {options.Operator.Host} ({tls.Message.TrimEnd('.')})",
                SomeoneMustAct: true);
        }

        var cause = rpc.Status.Detail.TrimEnd('.');
        return new LinkFailure(
            cause.Length > 0 ? cause : rpc.StatusCode.ToString(),
            SomeoneMustAct: rpc.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.NotFound or StatusCode.FailedPrecondition);
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
