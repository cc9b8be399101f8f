using Portcullis.Gateway.Proxy.Backends;

namespace Portcullis.Gateway.Proxy.Health;

/// <summary>One log line for each endpoint that is left out or comes back.</summary>
internal sealed partial class HealthLog(ILogger logger)
{
    public void WentOut(LiveEndpoint endpoint, string why, bool isLast)
    {
        Log.WentOut(logger, endpoint.Backend, endpoint.Address.Authority, why);
        if (isLast)
        {
            Log.NothingLeft(logger, endpoint.Backend);
        }
    }

    public void CameBack(LiveEndpoint endpoint) => Log.CameBack(logger, endpoint.Backend, endpoint.Address.Authority);

    /// <param name="endpoint">What was probed.</param>
    /// <param name="failure">Null when it was good.</param>
    public void Probed(LiveEndpoint endpoint, string? failure) => Log.Probed(logger, endpoint.Backend, endpoint.Address.Authority, failure ?? "good");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Probe of {Backend} at {Endpoint}: {Outcome}.")]
        public static partial void Probed(ILogger logger, BackendKey backend, string endpoint, string outcome);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Backend {Backend} at {Endpoint} gets no requests for now: {Why}.")]
        public static partial void WentOut(ILogger logger, BackendKey backend, string endpoint, string why);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "No endpoint of backend {Backend} is healthy. All of them get requests all the same: a health check alone does not take a route down.")]
        public static partial void NothingLeft(ILogger logger, BackendKey backend);

        [LoggerMessage(Level = LogLevel.Information, Message = "Backend {Backend} at {Endpoint} is healthy and gets requests again.")]
        public static partial void CameBack(ILogger logger, BackendKey backend, string endpoint);
    }
}
