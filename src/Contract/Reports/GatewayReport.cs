using System.Collections.Immutable;
using Portcullis.Contract.Configuration;

namespace Portcullis.Contract.Reports;

/// <summary>
/// What one gateway says it runs. Lists that are null have not changed since the last report on the same stream; the first report of a stream
/// holds them all.
/// </summary>
public sealed record GatewayReport
{
    /// <summary>The newest configuration that was applied, refused and pending entries apart; null until there is one.</summary>
    public AppliedConfiguration? Applied { get; init; }

    /// <summary>Every bundle of the configuration and every mounted file.</summary>
    public ImmutableArray<BundleReport>? Bundles { get; init; }

    /// <summary>Only what changed since the last report.</summary>
    public ImmutableArray<BackendObservation> Observations { get; init; } = [];

    /// <summary>Endpoints of earlier observations that are no longer configured.</summary>
    public ImmutableArray<ObservedEndpoint> Forgotten { get; init; } = [];
}
