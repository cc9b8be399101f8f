namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>What a watch is for.</summary>
internal enum TargetRole
{
    /// <summary>Objects of the snapshot.</summary>
    Resource,

    /// <summary>A gateway's trust shard.</summary>
    Shard,

    /// <summary>The pods behind a gateway's Service.</summary>
    GatewayPods,

    /// <summary>Where the API server, the operator or a gateway is: no backend may lead there.</summary>
    OwnAddress,

    /// <summary>A CRD.</summary>
    Definition,
}
