using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

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

public sealed record ServiceRef
{
    public required string Name { get; init; }

    public string? Namespace { get; init; }

    public required int Port { get; init; }
}

/// <summary>Exactly one of <see cref="Ip"/> and <see cref="Hostname"/>.</summary>
public sealed record Endpoint
{
    public string? Ip { get; init; }

    public string? Hostname { get; init; }

    public required int Port { get; init; }
}

public enum Protocol
{
    HTTP11,
    HTTP2,
    GRPC,
}

public sealed record HostHeaderSpec
{
    public HostHeaderType Type { get; init; } = HostHeaderType.Preserve;

    public string? Value { get; init; }
}

public enum HostHeaderType
{
    Preserve,
    Backend,
    Literal,
}

public sealed record LoadBalancingSpec
{
    public LoadBalancingType Type { get; init; } = LoadBalancingType.PowerOfTwoChoices;
}

public enum LoadBalancingType
{
    PowerOfTwoChoices,
    RoundRobin,
    LeastRequests,
    Random,
}

public sealed record HealthCheck
{
    public ActiveHealthCheck? Active { get; init; }

    public PassiveHealthCheck? Passive { get; init; }
}

public sealed record ActiveHealthCheck
{
    public required string Path { get; init; }

    public string? Interval { get; init; }

    public string? Timeout { get; init; }
}

public sealed record PassiveHealthCheck
{
    public required PassiveHealthCheckType Type { get; init; }
}

public enum PassiveHealthCheckType
{
    TransportFailureRate,
}

public sealed record SessionPersistence
{
    public SessionPersistenceType Type { get; init; } = SessionPersistenceType.Cookie;

    public string? SessionName { get; init; }

    public string? AbsoluteTimeout { get; init; }
}

public enum SessionPersistenceType
{
    Cookie,
}

public sealed record ConnectionsSpec
{
    public string? ConnectTimeout { get; init; }

    public string? IdleTimeout { get; init; }

    public string? MaxLifetime { get; init; }

    public int? MaxPerEndpoint { get; init; }
}
