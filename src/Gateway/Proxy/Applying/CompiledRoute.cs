using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Gateway.Proxy.Backends;
using Portcullis.Gateway.Proxy.Routing;
using Yarp.ReverseProxy.Model;

namespace Portcullis.Gateway.Proxy.Applying;

/// <summary>One route as it serves.</summary>
internal sealed class CompiledRoute
{
    /// <summary>Of the entry it was compiled from.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Each once, lower-case.</summary>
    public required ImmutableArray<string> Hostnames { get; init; }

    public required ImmutableArray<Candidate> Candidates { get; init; }

    public ImmutableArray<Backend> Backends { get; init; } = [];

    /// <summary>YARP's view of the backends.</summary>
    public ImmutableArray<ClusterState> Clusters { get; init; } = [];

    /// <summary>True when it only keeps the place of an entry that cannot be run: everything is answered 503.</summary>
    public bool IsPlaceholder { get; init; }
}
