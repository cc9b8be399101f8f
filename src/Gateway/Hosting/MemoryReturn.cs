using System.Runtime.InteropServices;

namespace Portcullis.Gateway.Hosting;

/// <summary>
/// Gives memory back when a crowd has gone. What ten thousand connections took is free then, but the collector keeps it for the next crowd until something makes it
/// look, and an idle gateway does nothing that would; the C library keeps what TLS sessions took in the same way. The pause falls into a time with few connections.
/// Two minutes later the last of the crowd have left too, and what they had is given back.
/// </summary>
internal sealed partial class MemoryReturn(Func<int> connections, TimeProvider time, ILogger<MemoryReturn> logger) : BackgroundService
{
    private const int Crowd = 1_000;
    private const int Few = 10;
    private const int LooksUntilAgain = 12;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Of glibc; other C libraries have nothing to be told.
    private static readonly MallocTrim? Trim =
        NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out var function)
            ? Marshal.GetDelegateForFunctionPointer<MallocTrim>(function)
            : null;

    private int most;
    private int crowd;
    private int looksUntilAgain;

    /// <param name="pad">How many bytes to keep at the top of the heap.</param>
    /// <returns>Whether any memory was released.</returns>
    private delegate int MallocTrim(nuint pad);

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
        if (most >= Crowd && now <= most / Few)
        {
            (crowd, most) = (most, now);
            GiveBack(now);
            looksUntilAgain = LooksUntilAgain;
        }
        else if (looksUntilAgain > 0 && --looksUntilAgain == 0 && now < Crowd)
        {
            GiveBack(now);
        }
    }

    private void GiveBack(int now)
    {
        var before = Environment.WorkingSet;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = Trim?.Invoke(0);
        Log.GivenBack(logger, crowd, now, before >> 20, Environment.WorkingSet >> 20);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Of {Crowd} connections {Now} are left; memory was given back, {Before} MiB became {After} MiB.")]
        public static partial void GivenBack(ILogger logger, int crowd, int now, long before, long after);
    }
}
