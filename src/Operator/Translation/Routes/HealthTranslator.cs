using Portcullis.Contract.Configuration;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>A valid health check → what gateways do, defaults filled in.</summary>
internal static class HealthTranslator
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Null when nothing is checked.</summary>
    public static HealthSettings? Translate(HealthCheck? check) => check is { Active: null, Passive: null } or null
        ? null
        : new HealthSettings
        {
            Probes = check.Active is { } active ? Probes(active) : null,
            RequestFailures = check.Passive is null ? RequestFailures.Ignore : RequestFailures.Count,
        };

    /// <summary>An interval that is shorter than the default time-out shortens it: a probe that is not over when the next is due says nothing new.</summary>
    public static TimeSpan TimeoutOf(ActiveHealthCheck active)
    {
        var interval = IntervalOf(active);
        var byDefault = interval < DefaultTimeout ? interval : DefaultTimeout;

        return Duration.TryParse(active.Timeout, out var timeout) ? timeout : byDefault;
    }

    public static TimeSpan IntervalOf(ActiveHealthCheck active) => Duration.TryParse(active.Interval, out var interval) ? interval : DefaultInterval;

    private static HealthProbes Probes(ActiveHealthCheck active) =>
        new() { Path = active.Path, Interval = IntervalOf(active), Timeout = TimeoutOf(active) };
}
