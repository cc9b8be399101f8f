using Portcullis.Contract.Verdicts;
using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Proxy.Connecting;

/// <summary>Takes every verdict down: the newest of each endpoint for the report, one log line for each change.</summary>
internal sealed partial class VerdictLog(ILogger logger, Action changed)
{
    public void Saw(LiveEndpoint endpoint, Verdict verdict)
    {
        var wasRefused = endpoint.WasRefused;
        if (!endpoint.Observe(verdict))
        {
            return;
        }

        if (verdict is Verdict.Refused refused)
        {
            var code = VerdictText.Code(refused.Reason);
            Log.Refused(logger, endpoint.Backend, endpoint.Address.Authority, code, VerdictText.Message(refused), VerdictText.Remedy(refused));
        }
        else if (wasRefused)
        {
            Log.Recovered(logger, endpoint.Backend, endpoint.Address.Authority);
        }

        changed();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Backend {Backend} at {Endpoint} is refused. {Code}: {Reason}. {Remedy}")]
        public static partial void Refused(ILogger logger, BackendKey backend, string endpoint, string code, string reason, string remedy);

        [LoggerMessage(Level = LogLevel.Information, Message = "Backend {Backend} at {Endpoint} is verified again.")]
        public static partial void Recovered(ILogger logger, BackendKey backend, string endpoint);
    }
}
