using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Portcullis.Hosting;

/// <summary>Waits for the end of a program, and says whether it was a good one.</summary>
public static partial class ProcessEnd
{
    public static async Task<int> WaitAsync(WebApplication app, ILogger logger)
    {
        BackgroundService[] loops = [.. app.Services.GetServices<IHostedService>().OfType<BackgroundService>()];
        BackgroundService? early = null;

        // Before the host itself cancels any of them: a loop that is canceled by then was not asked to end.
        await using (app.Lifetime.ApplicationStopping.Register(() => early = loops.FirstOrDefault(loop => loop.ExecuteTask is { IsCanceled: true })).ConfigureAwait(false))
        {
            await app.WaitForShutdownAsync().ConfigureAwait(false);
        }

        // The host stops when a loop fails, and would call that a good end.
        if ((loops.FirstOrDefault(loop => loop.ExecuteTask is { IsFaulted: true }) ?? early) is { } failed)
        {
            Log.Failed(logger, failed.ExecuteTask?.Exception, failed.GetType().Name);
            return ExitStatus.Failed;
        }

        Log.Stopped(logger);
        return ExitStatus.Fine;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Loop} failed, so the process ended. This is a fault in Portcullis, please report it.")]
        public static partial void Failed(ILogger logger, Exception? fault, string loop);

        [LoggerMessage(Level = LogLevel.Information, Message = "Stopped.")]
        public static partial void Stopped(ILogger logger);
    }
}
