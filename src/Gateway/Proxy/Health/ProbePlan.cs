using Portcullis.Contract.Configuration;

namespace Portcullis.Gateway.Proxy.Health;

/// <summary>All that a backend's probes depend on; while it stays the same, they go on as they are.</summary>
internal sealed record ProbePlan(HealthProbes Probes, HostHeader HostHeader, BackendProtocol Protocol, int MaximumPerEndpoint)
{
    /// <summary>Null when nothing is to be probed.</summary>
    public static ProbePlan? Of(BackendConfiguration backend) => backend.Health?.Probes is { } probes
        ? new ProbePlan(probes, backend.HostHeader, backend.Protocol, backend.Connections.MaximumPerEndpoint)
        : null;
}
