using System.Collections.Immutable;
using Portcullis.Operator.Fleet;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Conditions;

/// <summary>Stands in until the real one is merged.</summary>
public static class ConditionComposer
{
    public static ImmutableArray<ResourceStatus> Compose(ResourceSnapshot snapshot, TranslationResult translation, FleetState fleet, DateTimeOffset now) =>
        [.. snapshot.BackendRoutes.Keys.Select(key => new ResourceStatus.OfRoute(key, new BackendRouteStatus()))];
}
