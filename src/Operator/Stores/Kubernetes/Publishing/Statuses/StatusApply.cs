using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Conditions;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing.Statuses;

/// <summary>A status as a request that an object which is another one by now refuses.</summary>
internal static class StatusApply
{
    public static ApiRequest Of(ResourceStatus status, AtHand<ResourceStatus?> held)
    {
        var kind = KindOf(status);

        return WriteRequest.Apply(
            kind.Path(status.Key.Namespace, status.Key.Name, "status"),
            new JsonObject
            {
                ["apiVersion"] = kind.ApiVersion,
                ["kind"] = kind.Name,
                ["metadata"] = new JsonObject
                {
                    ["name"] = status.Key.Name,
                    ["namespace"] = status.Key.Namespace,
                    ["uid"] = held.Uid,
                    ["resourceVersion"] = held.ResourceVersion,
                },
                ["status"] = StatusJson.Of(status),
            });
    }

    public static ApiKind KindOf(ResourceStatus status) => status is ResourceStatus.OfRoute ? ApiKind.BackendRoute : ApiKind.TrustBundle;
}
