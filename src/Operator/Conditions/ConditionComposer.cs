using System.Collections.Immutable;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>What users read: problems from the translation, everything else from what gateways reported (P8).</summary>
public static class ConditionComposer
{
    /// <param name="snapshot">The one that was translated; its statuses tell since when a condition is as it is.</param>
    /// <param name="translation">What became of it.</param>
    /// <param name="fleet">The newest reports.</param>
    /// <param name="now">The time of transitions.</param>
    /// <returns>Routes by key, then bundles by key.</returns>
    public static ImmutableArray<ResourceStatus> Compose(ResourceSnapshot snapshot, TranslationResult translation, FleetState fleet, DateTimeOffset now)
    {
        var view = new FleetView(fleet, snapshot, now);

        return
        [
            .. snapshot.BackendRoutes.Select(route => new ResourceStatus.OfRoute(route.Key, RouteStatuses.Of(route.Key, route.Value, translation, view, now))),
            .. snapshot.TrustBundles.Select(bundle => new ResourceStatus.OfBundle(
                bundle.Key,
                BundleStatuses.Of(bundle.Key, bundle.Value, translation, view, now))),
        ];
    }
}
