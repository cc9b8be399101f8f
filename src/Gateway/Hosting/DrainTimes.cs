namespace Portcullis.Gateway.Hosting;

/// <summary>How a gateway stops.</summary>
/// <param name="Delay">Connections are accepted for so long after the signal, so that load balancers notice; longer than their probes need.</param>
/// <param name="Timeout">What runs then may finish within this.</param>
internal sealed record DrainTimes(TimeSpan Delay, TimeSpan Timeout)
{
    /// <summary>What is left after the last request has ended is a matter of moments.</summary>
    public TimeSpan Whole => Delay + Timeout + TimeSpan.FromSeconds(5);
}
