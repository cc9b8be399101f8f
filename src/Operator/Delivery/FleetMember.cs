using System.Collections.Immutable;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Wire;
using Portcullis.Operator.Fleet;

namespace Portcullis.Operator.Delivery;

/// <summary>One gateway process on one stream, and what its reports on it add up to.</summary>
internal sealed class FleetMember(Hello hello, Action<Action> change, Action<FleetMember> leave) : IDisposable
{
    private readonly CancellationTokenSource superseded = new();
    private ImmutableDictionary<ObservedEndpoint, BackendObservation> observations = ImmutableDictionary<ObservedEndpoint, BackendObservation>.Empty;

    /// <summary>Replaced as a whole, under the hub's lock.</summary>
    public GatewayState State { get; private set; } = new() { Gateway = hello.Gateway, PodName = hello.PodName, PodUid = hello.PodUid };

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

    private GatewayState Merged(GatewayReport report)
    {
        observations = observations
            .RemoveRange(report.Forgotten)
            .SetItems(report.Observations.Select(observation => KeyValuePair.Create(observation.About, observation)));

        return State with
        {
            Applied = report.Applied ?? State.Applied,
            Bundles = report.Bundles?.ToImmutableSortedDictionary(bundle => bundle.Bundle, bundle => bundle) ?? State.Bundles,
            Observations = report.Observations.IsEmpty && report.Forgotten.IsEmpty
                ? State.Observations
                : [.. observations.Values.OrderBy(o => o.Route).ThenBy(o => o.Backend, StringComparer.Ordinal).ThenBy(o => o.Endpoint, StringComparer.Ordinal)],
        };
    }
}
