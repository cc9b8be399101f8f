using System.Collections.Immutable;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Statuses;

/// <summary>The part that both kinds of status have.</summary>
internal static class StatusConditions
{
    public static ImmutableArray<Condition> Conditions(this ResourceStatus? status) => status switch
    {
        ResourceStatus.OfRoute route => route.Status.Conditions,
        ResourceStatus.OfBundle bundle => bundle.Status.Conditions,
        _ => [],
    };

    /// <summary>
    /// The same status with the times at which stored conditions became what they still are. It was composed from an older snapshot, perhaps, in
    /// which a transition had not been written yet; its time must not move while we wait to see our own write.
    /// </summary>
    public static ResourceStatus WithTimesOf(this ResourceStatus status, ResourceStatus? stored)
    {
        var before = stored.Conditions();

        return status switch
        {
            ResourceStatus.OfRoute route => route with { Status = route.Status with { Conditions = Kept(route.Status.Conditions, before) } },
            ResourceStatus.OfBundle bundle => bundle with { Status = bundle.Status with { Conditions = Kept(bundle.Status.Conditions, before) } },
            _ => status,
        };
    }

    private static ImmutableArray<Condition> Kept(ImmutableArray<Condition> conditions, ImmutableArray<Condition> before) =>
    [
        .. conditions.Select(condition => before.FirstOrDefault(old => old.Type == condition.Type && old.Status == condition.Status) is { } same
            ? condition with { LastTransitionTime = same.LastTransitionTime }
            : condition),
    ];
}
