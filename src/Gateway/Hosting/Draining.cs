using Microsoft.AspNetCore.Connections.Features;
using Portcullis.Gateway.Hosting.Health;

namespace Portcullis.Gateway.Hosting;

/// <summary>
/// The time between "do not send me more" and "I accept no more": load balancers need it to notice. Requests that still come are served, and
/// each tells its client to open its next connection elsewhere.
/// </summary>
internal sealed partial class Draining(DrainTimes times, Action endWebSockets, Action endRequests, Readiness readiness, TimeProvider time, ILogger<Draining> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(20);

    private ITimer? goodbye;
    private ITimer? end;

    /// <summary>Runs before anything is stopped.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Drain();
        Log.Draining(logger, times.Delay, times.Timeout);
        await Task.Delay(times.Delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Long downloads and WebSockets would hold the stop for ever.
        goodbye = time.CreateTimer(_ => endWebSockets(), null, times.UntilGoodbye, Timeout.InfiniteTimeSpan);
        end = time.CreateTimer(_ => endRequests(), null, times.Timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>HTTP/1.1 answers then say <c>Connection: close</c>, HTTP/2 connections get a GOAWAY; what runs on them may finish.</summary>
    public Task CloseAfterAsync(HttpContext context)
    {
        if (!readiness.IsDraining || context.Features.Get<IConnectionLifetimeNotificationFeature>() is not { } connection)
        {
            return Task.CompletedTask;
        }

        connection.RequestClose();

        // The server writes the GOAWAY in a loop of its own. Should the answer be faster, the connection would close on clients that have not heard of it, and
        // some of them fail the request that they are just sending. It is the server's loop that is waited for, not our clock.
        return HttpProtocol.IsHttp2(context.Request.Protocol) ? Task.Delay(HeadStart) : Task.CompletedTask;
    }

    public void Dispose()
    {
        goodbye?.Dispose();
        end?.Dispose();
    }

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
