using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Operator.Translation;

/// <summary>A gateway that routes may attach to.</summary>
public sealed record DeclaredGateway
{
    public required string Name { get; init; }

    /// <summary>A kubernetes.io/tls Secret; null when the gateway makes a self-signed certificate.</summary>
    public ResourceKey? DefaultCertificate { get; init; }

    /// <summary>Namespaces whose routes may attach; empty means all.</summary>
    public ImmutableArray<string> RouteNamespaces { get; init; } = [];

    /// <summary>Where its pods are; empty without a cluster.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Whose token its pods show; empty without a cluster.</summary>
    public string ServiceAccount { get; init; } = "";

    /// <summary>The Service in front of its pods; empty without a cluster.</summary>
    public string Service { get; init; } = "";

    /// <summary>Names of the ConfigMaps in its namespace that hold what its pods mount; empty without a cluster, where a folder has room for everything.</summary>
    public ImmutableArray<string> Shards { get; init; } = [];
}
