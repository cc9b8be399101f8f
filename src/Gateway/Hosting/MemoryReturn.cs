namespace Portcullis.Gateway.Hosting;

/// <summary>
/// Gives memory back when a crowd has gone. What ten thousand connections took is free then, but the collector keeps it for the next crowd until something makes it
/// look, and an idle gateway does nothing that would. The pause falls into a time with few connections.
/// </summary>
internal sealed partial class MemoryReturn(Func<int> connections, TimeProvider time, ILogger<MemoryReturn> logger) : BackgroundService
{
    private const int Crowd = 1_000;
    private const int Few = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private int most;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                Look();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private void Look()
    {
        var now = connections();
        most = Math.Max(most, now);
        if (most < Crowd || now > most / Few)
        {
            return;
        }

        var before = Environment.WorkingSet;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Log.GivenBack(logger, most, now, before >> 20, Environment.WorkingSet >> 20);
        most = now;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Of {Most} connections {Now} are left; memory was given back, {Before} MiB became {After} MiB.")]
        public static partial void GivenBack(ILogger logger, int most, int now, long before, long after);
    }
}
