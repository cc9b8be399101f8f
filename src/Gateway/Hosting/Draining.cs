using Microsoft.AspNetCore.Connections.Features;
using Portcullis.Gateway.Hosting.Health;

namespace Portcullis.Gateway.Hosting;

/// <summary>
/// The time between "do not send me more" and "I accept no more": load balancers need it to notice. Requests that still come are served, and
/// each tells its client to open its next connection elsewhere.
/// </summary>
internal sealed partial class Draining(DrainTimes times, Action endRequests, Readiness readiness, TimeProvider time, ILogger<Draining> logger)
    : IHostedLifecycleService, IDisposable
{
    private ITimer? end;

    /// <summary>Runs before anything is stopped.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Drain();
        Log.Draining(logger, times.Delay, times.Timeout);
        await Task.Delay(times.Delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Long downloads and WebSockets would hold the stop for ever.
        end = time.CreateTimer(_ => endRequests(), null, times.Timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>HTTP/1.1 answers then say <c>Connection: close</c>, HTTP/2 connections get a GOAWAY; what runs on them may finish.</summary>
    public void CloseAfter(HttpContext context)
    {
        if (readiness.IsDraining)
        {
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    public void Dispose() => end?.Dispose();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: not ready from now on, accepting connections for another {Delay}, then finishing what runs within {Timeout}.")]
        public static partial void Draining(ILogger logger, TimeSpan delay, TimeSpan timeout);
    }
}
