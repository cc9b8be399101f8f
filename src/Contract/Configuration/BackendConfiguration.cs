using System.Collections.Immutable;

namespace Portcullis.Contract.Configuration;

/// <summary>Where requests go and what must be proven before the first byte of one is sent there.</summary>
public sealed record BackendConfiguration
{
    /// <summary>Unique within its route.</summary>
    public required string Name { get; init; }

    /// <summary>Empty when nothing is ready: requests are answered 503 at once.</summary>
    public required ImmutableArray<BackendEndpoint> Endpoints { get; init; }

    public required BackendTls Tls { get; init; }

    public BackendProtocol Protocol { get; init; } = BackendProtocol.Http11;

    public HostHeader HostHeader { get; init; } = new HostHeader.Preserve();

    public LoadBalancing LoadBalancing { get; init; } = LoadBalancing.PowerOfTwoChoices;

    public ConnectionSettings Connections { get; init; } = new();

    /// <summary>Null when every endpoint is always worth a request.</summary>
    public HealthSettings? Health { get; init; }

    /// <summary>Null when every request goes where load balancing sends it.</summary>
    public SessionSettings? Session { get; init; }
}
