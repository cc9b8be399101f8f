namespace Portcullis.Gateway.Hosting;

/// <summary>How a gateway stops.</summary>
/// <param name="Delay">Connections are accepted for so long after the signal, so that load balancers notice; longer than their probes need.</param>
/// <param name="Timeout">What runs then may finish within this.</param>
internal sealed record DrainTimes(TimeSpan Delay, TimeSpan Timeout)
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    /// <summary>Into the timeout, WebSockets are told to go: they would not end by themselves, and both ends need a moment to say goodbye.</summary>
    public TimeSpan UntilGoodbye => Timeout - (Timeout / 2 < LongestGoodbye ? Timeout / 2 : LongestGoodbye);

    /// <summary>What is left after the last request has ended is a matter of moments.</summary>
    public TimeSpan Whole => Delay + Timeout + TimeSpan.FromSeconds(5);
}
