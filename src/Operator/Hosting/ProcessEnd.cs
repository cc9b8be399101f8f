namespace Portcullis.Operator.Hosting;

/// <summary>Waits for the end of an operator, and says whether it was a good one.</summary>
internal static partial class ProcessEnd
{
    public static async Task<int> WaitAsync(WebApplication app, ILogger logger)
    {
        await app.WaitForShutdownAsync().ConfigureAwait(false);

        // The host stops when a loop fails, and would call that a good end.
        var failed = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().FirstOrDefault(service => service.ExecuteTask is { IsFaulted: true });

        if (failed is not null)
        {
            Log.Failed(logger, failed.ExecuteTask?.Exception, failed.GetType().Name);
            return ExitStatus.Failed;
        }

        Log.Stopped(logger);
        return ExitStatus.Fine;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Loop} failed, so the operator ended. This is a fault in the operator, please report it.")]
        public static partial void Failed(ILogger logger, Exception? fault, string loop);

        [LoggerMessage(Level = LogLevel.Information, Message = "Stopped.")]
        public static partial void Stopped(ILogger logger);
    }
}
