using System.Collections.Immutable;
using Portcullis.Contract.Wire;

namespace Portcullis.Operator.Delivery;

/// <summary>Holds who a caller is against whom it says to serve for. Each answer is null when it is admitted, or why not.</summary>
internal sealed class Admission(IEnumerable<AdmittedGateway> gateways)
{
    private readonly ImmutableArray<AdmittedGateway> gateways = [.. gateways];

    /// <summary>Before its hello is read: a pod that is of no gateway at all learns nothing here.</summary>
    public string? ProblemOf(Caller caller) => caller switch
    {
        Caller.AnyGateway => null,
        Caller.Pod pod => gateways.Any(gateway => IsOf(pod, gateway)) ? null : $"it is of {pod}, which is declared for no gateway",
        Caller.Stranger stranger => stranger.Why,
        Caller.Unknown unknown => unknown.Why,
        _ => "it is of a kind that this operator does not know",
    };

    public string? ProblemOf(Caller caller, Hello hello)
    {
        if (ProblemOf(caller) is { } unadmitted)
        {
            return unadmitted;
        }

        if (caller is not Caller.Pod pod)
        {
            return null;
        }

        if (!gateways.Any(gateway => gateway.Name == hello.Gateway && IsOf(pod, gateway)))
        {
            return $"it is of {pod}, which is not declared for gateway '{hello.Gateway}'";
        }

        return hello.PodName == pod.PodName && hello.PodUid == pod.PodUid
            ? null
            : $"it is of {pod}, and the hello says pod {hello.PodName} (uid {hello.PodUid})";
    }

    // An empty name is that of a gateway without a cluster, which no pod can be.
    private static bool IsOf(Caller.Pod pod, AdmittedGateway gateway) =>
        gateway.Namespace.Length > 0 && gateway.Namespace == pod.Namespace && gateway.ServiceAccount.Length > 0 && gateway.ServiceAccount == pod.ServiceAccount;
}
