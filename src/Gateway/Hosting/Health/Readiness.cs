using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;

namespace Portcullis.Gateway.Hosting.Health;

/// <summary>
/// Whether this gateway should get traffic: a configuration is applied and each of its bundles is in force, or was waited for long enough.
/// Ready once is ready until draining: a later bundle that is not mounted yet must not take every gateway out at the same time (P7).
/// </summary>
internal sealed class Readiness(TimeProvider time)
{
    /// <summary>A mount may lag a push by about 90 s; one missing bundle shall not hold back all the routes that do not use it for longer than this.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private long? firstApplied;
    private bool everReady;
    private bool draining;
    private ImmutableArray<ResourceKey> missing = [];
    private (GatewayConfiguration Configuration, ImmutableArray<BundleEntry> Bundles) needed = (GatewayConfiguration.Empty, []);

    /// <summary>The gateway runs this configuration and says so of it.</summary>
    public void Observe(GatewayConfiguration configuration, GatewayReport report)
    {
        if (report.Applied is null)
        {
            return;
        }

        lock (gate)
        {
            firstApplied ??= time.GetTimestamp();
            missing = Missing(Needed(configuration), report);
            everReady |= missing.IsEmpty;
        }
    }

    public void Drain()
    {
        lock (gate)
        {
            draining = true;
        }
    }

    public bool IsDraining
    {
        get
        {
            lock (gate)
            {
                return draining;
            }
        }
    }

    public ReadinessAnswer Answer()
    {
        lock (gate)
        {
            if (draining)
            {
                return new ReadinessAnswer(false, "draining: this gateway is being stopped");
            }

            if (firstApplied is not { } since)
            {
                return new ReadinessAnswer(false, "no configuration yet: none is saved and the operator has pushed none");
            }

            var waited = time.GetElapsedTime(since);
            everReady |= waited >= LongestWait;

            return everReady
                ? new ReadinessAnswer(true, missing.IsEmpty ? "ready" : $"ready, but without these bundles: {Listed()}")
                : new ReadinessAnswer(false, $"waiting for these bundles to be mounted: {Listed()}; ready without them after {LongestWait.TotalSeconds:0} s");
        }
    }

    private string Listed() => string.Join(", ", missing);

    /// <summary>Reports come far more often than configurations.</summary>
    private ImmutableArray<BundleEntry> Needed(GatewayConfiguration configuration)
    {
        if (!ReferenceEquals(needed.Configuration, configuration))
        {
            needed = (configuration, [.. Bundles(configuration)]);
        }

        return needed.Bundles;
    }

    /// <summary>Entries that cannot be decoded are refused in the report and waited for by nobody.</summary>
    private static IEnumerable<BundleEntry> Bundles(GatewayConfiguration configuration)
    {
        foreach (var encoded in configuration.Entries.Values)
        {
            if (encoded.Key.Kind == EntryKey.Bundle(default).Kind && EntryCodec.TryDecode(encoded, out var entry, out _) && entry is BundleEntry bundle)
            {
                yield return bundle;
            }
        }
    }

    private static ImmutableArray<ResourceKey> Missing(ImmutableArray<BundleEntry> needed, GatewayReport report)
    {
        var inForce = (report.Bundles ?? []).ToDictionary(bundle => bundle.Bundle, bundle => bundle.AnchorsInForce);

        return [.. needed.Where(entry => inForce.GetValueOrDefault(entry.Bundle) < entry.Anchors.Length).Select(entry => entry.Bundle)];
    }
}
