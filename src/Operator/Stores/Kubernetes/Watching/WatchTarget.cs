using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>One watch, and what it is for.</summary>
internal sealed record WatchTarget(TargetRole Role, ObjectSelection Selection)
{
    /// <summary>What nobody knows of while this has not answered.</summary>
    public ObjectRef Scope => new(Selection.Kind.Name, new ResourceKey(Selection.Namespace ?? "", Selection.Name ?? ""));

    /// <summary>Whether it ends as soon as nobody needs it: grants of a kind that is gone must not go on granting.</summary>
    public bool EndsAtOnce => Selection.Kind.Name == ApiKind.ReferenceGrant.Name;

    /// <summary>
    /// Whether a snapshot without it would take from gateways what they have, or permit them what they may not: it would say less than there is.
    /// </summary>
    public bool IsEssential => Role == TargetRole.OwnAddress
        || (Role == TargetRole.Resource && (Selection.Kind == ApiKind.BackendRoute || Selection.Kind == ApiKind.TrustBundle));

    /// <summary>The CRD that decides whether there can be grants.</summary>
    public bool IsGrantDefinition => Role == TargetRole.Definition && Selection.Name == WatchPlan.GrantDefinition.Name;

    public override string ToString() => Selection.ToString();
}
