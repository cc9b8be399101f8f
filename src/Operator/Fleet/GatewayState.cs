using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Reports;

namespace Portcullis.Operator.Fleet;

/// <summary>One gateway process, as its reports on the present stream tell.</summary>
public sealed record GatewayState
{
    /// <summary>Name of the declared gateway it serves for.</summary>
    public required string Gateway { get; init; }

    public required string PodName { get; init; }

    public required string PodUid { get; init; }

    /// <summary>Null until its first acknowledgement.</summary>
    public AppliedConfiguration? Applied { get; init; }

    public ImmutableSortedDictionary<ResourceKey, BundleReport> Bundles { get; init; } = ImmutableSortedDictionary<ResourceKey, BundleReport>.Empty;

    /// <summary>The newest of each endpoint.</summary>
    public ImmutableArray<BackendObservation> Observations { get; init; } = [];
}
