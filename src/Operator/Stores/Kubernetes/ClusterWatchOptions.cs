using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Kubernetes;

/// <summary>What of a cluster is watched.</summary>
internal sealed record ClusterWatchOptions
{
    public const string UsualSecretReader = "portcullis-secret-reader";

    /// <summary>Where routes, bundles and what they refer to are read; empty for everywhere.</summary>
    public ImmutableArray<string> WatchNamespaces { get; init; } = [];

    /// <summary>Their certificates, shards, pods and addresses are read too.</summary>
    public required ImmutableArray<DeclaredGateway> Gateways { get; init; }

    /// <summary>The Service that gateways dial; its addresses are read too.</summary>
    public required ResourceKey OperatorService { get; init; }

    /// <summary>As <c>namespace:name</c>, for the commands that grant it something. The API server's own word for it is preferred when it gave one.</summary>
    public required string ServiceAccount { get; init; }

    /// <summary>An unbound ClusterRole of the chart: whoever owns a namespace decides whether the operator may read Secrets there.</summary>
    public string SecretReader { get; init; } = UsualSecretReader;

    /// <summary>How long a watch on a Secret or ConfigMap goes on when nothing refers to it any more: an edit often takes a reference away and brings it back.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(1);

    public bool IsWatched(string ns) => WatchNamespaces.IsEmpty || WatchNamespaces.Contains(ns);
}
