using Portcullis.Contract;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Handover;
using Portcullis.Contract.Reports;
using Portcullis.Gateway.Mounts;

namespace Portcullis.Gateway.Hosting;

/// <summary>What the loop stands between: link and mounts on one side, the proxy on the other.</summary>
internal sealed record ApplyLoopSeams
{
    public required Latest<VersionedConfiguration> Configurations { get; init; }

    public required Latest<MountedBundles> Mounted { get; init; }

    /// <summary>The proxy's; returns when requests are served by it.</summary>
    public required Action<VersionedConfiguration, MountedBundles> Apply { get; init; }

    /// <summary>From the proxy.</summary>
    public required Latest<GatewayReport> EngineReports { get; init; }

    /// <summary>To the link.</summary>
    public required Latest<GatewayReport> Reports { get; init; }
}
