using System.Collections.Immutable;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Fleet;

namespace Portcullis.Operator.Delivery;

/// <summary>One gateway process on one stream, and what its reports on it add up to.</summary>
/// <param name="hello">Says who it is.</param>
/// <param name="before">What it said on an earlier stream, if there was one.</param>
/// <param name="change">Runs under the hub's lock and publishes.</param>
/// <param name="leave">Called once its stream has ended.</param>
internal sealed class FleetMember(Hello hello, GatewayState? before, Action<Action> change, Action<FleetMember> leave) : IDisposable
{
    private readonly CancellationTokenSource superseded = new();
    private ImmutableDictionary<ObservedEndpoint, BackendObservation> observations = ImmutableDictionary<ObservedEndpoint, BackendObservation>.Empty;

    private bool hasReported;

    /// <summary>Replaced as a whole, under the hub's lock.</summary>
    public GatewayState State { get; private set; } = before is not null && before.Gateway == hello.Gateway && before.PodName == hello.PodName ? before : New(hello);

    /// <summary>Ends the patience with a member that left; null while its stream is open. Under the hub's lock.</summary>
    public ITimer? Absence { get; set; }

    /// <summary>The same pod opened another stream.</summary>
    public CancellationToken Superseded => superseded.Token;

    public void Merge(GatewayReport report) => change(() => State = Merged(report));

    /// <summary>Its callbacks run elsewhere: the hub's lock is held here.</summary>
    public void Supersede() => _ = superseded.CancelAsync();

    public void Dispose()
    {
        leave(this);
        superseded.Dispose();
    }

    private static GatewayState New(Hello hello) => new() { Gateway = hello.Gateway, PodName = hello.PodName, PodUid = hello.PodUid };

    private GatewayState Merged(GatewayReport report)
    {
        // The first report on a stream tells everything, and may be another process': nothing of an earlier stream outlives it (P8).
        var known = hasReported ? State : New(hello);
        hasReported = true;
        observations = observations
            .RemoveRange(report.Forgotten)
            .SetItems(report.Observations.Select(observation => KeyValuePair.Create(observation.About, observation)));

        return known with
        {
            Applied = report.Applied ?? known.Applied,
            Bundles = report.Bundles?.ToImmutableSortedDictionary(bundle => bundle.Bundle, bundle => bundle) ?? known.Bundles,
            Observations = report.Observations.IsEmpty && report.Forgotten.IsEmpty
                ? known.Observations
                : [.. observations.Values.OrderBy(o => o.Route).ThenBy(o => o.Backend, StringComparer.Ordinal).ThenBy(o => o.Endpoint, StringComparer.Ordinal)],
        };
    }
}
