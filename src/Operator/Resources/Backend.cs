using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>One named set of endpoints and how it is verified; rules refer to it by name.</summary>
public sealed record Backend
{
    public required string Name { get; init; }

    public ServiceRef? ServiceRef { get; init; }

    /// <summary>Empty when <see cref="ServiceRef"/> is set.</summary>
    public ImmutableArray<Endpoint> Endpoints { get; init; } = [];

    public Protocol Protocol { get; init; } = Protocol.HTTP11;

    public required Tls Tls { get; init; }

    public HostHeaderSpec? HostHeader { get; init; }

    public LoadBalancingSpec? LoadBalancing { get; init; }

    public HealthCheck? HealthCheck { get; init; }

    public SessionPersistence? SessionPersistence { get; init; }

    public ConnectionsSpec? Connections { get; init; }
}
