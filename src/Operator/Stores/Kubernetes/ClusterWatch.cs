using System.Collections.Immutable;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Kubernetes.Watching;

namespace Portcullis.Operator.Stores.Kubernetes;

/// <summary>Watches everything that routes and bundles are made of, and what gateways mount; each change is a new snapshot.</summary>
internal sealed class ClusterWatch
{
    private readonly Picture picture;
    private readonly WatchSupervisor supervisor;

    public ClusterWatch(ClusterWatchOptions options, ApiConnection connection, TimeProvider time, ILogger<ClusterWatch> logger)
    {
        var faults = new ReadFaults(options);
        picture = new Picture(new WatchPlan(options), faults);
        var reflectors = new Reflectors(connection, picture, new Reachability(connection.Address, logger), faults, new DefinitionCheck(logger), time, logger);

        supervisor = new WatchSupervisor(picture, reflectors.Of, options.Grace, time);
    }

    /// <summary>
    /// The newest snapshot. The first one comes when everything has answered that was asked for by then, and all routes and bundles could be read:
    /// a refusal is an answer, but what it leaves out is not gone.
    /// </summary>
    public Latest<ResourceSnapshot> Snapshots => picture.Snapshots;

    /// <summary>Ends when everything has answered once, be it with a refusal: the caches are warm.</summary>
    public Task Synced => picture.Synced;

    /// <summary>What has not answered yet, in words.</summary>
    public ImmutableArray<string> Awaited => picture.Awaited;

    /// <summary>What was read so far, for those who write what they compared it with.</summary>
    public ClusterObjects Objects => picture.Objects;

    /// <summary>Ends only by cancellation.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => supervisor.RunAsync(cancellationToken);
}
