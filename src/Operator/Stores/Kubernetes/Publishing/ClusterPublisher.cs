using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Bundles;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Events;
using Portcullis.Operator.Stores.Kubernetes.Publishing.Statuses;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>Everything the operator writes about resources during one term: trust shards, touches of pods, statuses and events.</summary>
internal sealed partial class ClusterPublisher : IDisposable
{
    private readonly SemaphoreSlim shardTurn = new(1, 1);
    private readonly ApiConnection api;
    private readonly PublishingOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<ClusterPublisher> logger;
    private readonly WriteFailures shardFailures;
    private readonly WriteFailures statusFailures;
    private readonly ShardPublisher shards;
    private readonly PodTouches touches;
    private readonly StatusPublisher statuses;
    private readonly EventWriter events;
    private BundlePublication? newestBundles;
    private StrongBox<ImmutableArray<ResourceStatus>> newestStatuses = new([]);

    /// <param name="api">The only way to the API server.</param>
    /// <param name="isLeading">By the lease's monotonic deadline; asked before every write.</param>
    /// <param name="options">Who writes.</param>
    /// <param name="gateways">Whose shards they are.</param>
    /// <param name="held">What the watch shows, asked at the moment of writing.</param>
    /// <param name="time">Waits and times of events.</param>
    /// <param name="logger">All of it speaks through this one.</param>
    public ClusterPublisher(
        ApiConnection api,
        Func<bool> isLeading,
        PublishingOptions options,
        ImmutableArray<DeclaredGateway> gateways,
        HeldObjects held,
        TimeProvider time,
        ILogger<ClusterPublisher> logger)
    {
        (this.api, this.options, this.time, this.logger) = (api, options, time, logger);
        var writes = new LeaderWrites(api, isLeading);
        var owners = gateways
            .SelectMany(gateway => gateway.Shards.Select(shard => (Key: new ResourceKey(gateway.Namespace, shard), gateway.Name)))
            .DistinctBy(shard => shard.Key)
            .ToDictionary(shard => shard.Key, shard => shard.Name);
        shardFailures = new WriteFailures(options.Retry, time);
        statusFailures = new WriteFailures(options.Retry, time);
        shards = new ShardPublisher(
            api, writes, owners, shard => held.Shard(shard) is { } map ? ShardContent.Of(map) : null, shardFailures, logger);
        touches = new PodTouches(writes, time, logger);
        events = new EventWriter(writes, options.PodName, time, logger);
        statuses = new StatusPublisher(writes, status => AtHand(status, held), Tell, statusFailures, options.StatusLanes, logger);
    }

    /// <summary>Makes the shards hold this, and touches the pods that wait for it.</summary>
    /// <exception cref="ApiUnreachableException">Nothing answers. A shard that is refused is no exception: <see cref="RunAsync"/> tries it again.</exception>
    public Task PublishBundlesAsync(BundlePublication publication, CancellationToken cancellationToken)
    {
        Volatile.Write(ref newestBundles, publication);
        return ReachingAsync(() => PublishShardsAsync(cancellationToken));
    }

    /// <summary>Writes those that differ.</summary>
    /// <exception cref="ApiUnreachableException">Nothing answers. An object that is refused is no exception: <see cref="RunAsync"/> tries it again.</exception>
    public Task PublishStatusesAsync(ImmutableArray<ResourceStatus> newest, CancellationToken cancellationToken)
    {
        Volatile.Write(ref newestStatuses, new StrongBox<ImmutableArray<ResourceStatus>>(newest));
        return ReachingAsync(() => statuses.PublishAsync(newest, cancellationToken));
    }

    /// <summary>Touches, events, and what was refused again; for the whole term, ends only by cancellation.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops =
        [
            touches.RunAsync(end.Token),
            events.RunAsync(end.Token),
            TryAgainAsync(shardFailures, PublishShardsAsync, end.Token),
            TryAgainAsync(statusFailures, token => statuses.PublishDueAsync(Volatile.Read(ref newestStatuses).Value, token), end.Token),
        ];
        var first = await Task.WhenAny(loops).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);

        // None of them ends before it is told to. One that fails nevertheless is a fault of ours, and must end the term loudly.
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    public void Dispose() => shardTurn.Dispose();

    private async Task PublishShardsAsync(CancellationToken cancellationToken)
    {
        await shardTurn.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            if (Volatile.Read(ref newestBundles) is not { } publication)
            {
                return;
            }

            var turn = await shards.PublishAsync(publication, cancellationToken).ConfigureAwait(false);

            if (options.TouchPods)
            {
                touches.Offer([.. publication.Awaited.Where(pod => !turn.Refused.Contains(pod.Pod.Namespace))], turn.Writes);
            }
        }
        finally
        {
            shardTurn.Release();
        }
    }

    private async Task ReachingAsync(Func<Task> publish)
    {
        try
        {
            await publish().ConfigureAwait(false);
        }
        catch (HttpRequestException unreachable)
        {
            throw new ApiUnreachableException(api.Address, unreachable);
        }
    }

    private async Task TryAgainAsync(WriteFailures failures, Func<CancellationToken, Task> publish, CancellationToken stoppingToken)
    {
        for (var broken = 1; ; broken++)
        {
            await failures.DueAsync(stoppingToken).ConfigureAwait(false);

            try
            {
                await publish(stoppingToken).ConfigureAwait(false);
                broken = 0;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The publisher that writes everything meets the same and says so; what is due stays due.
                Log.StillFailing(logger, failure.Message);
            }

            // What is due and could not even be tried must not make this a hot loop.
            await Task.Delay(options.Retry.After(broken + 1, Random.Shared.NextDouble()), time, stoppingToken).ConfigureAwait(false);
        }
    }

    private void Tell(ResourceStatus status, AtHand<ResourceStatus?> now, ImmutableArray<Transition> transitions) =>
        events.Offer(new EventSubject(StatusApply.KindOf(status), status.Key, now.Uid, now.ResourceVersion), transitions);

    private static AtHand<ResourceStatus?>? AtHand(ResourceStatus of, HeldObjects held) => of switch
    {
        ResourceStatus.OfRoute when held.Route(of.Key) is { } route =>
            AtHand(route.Metadata, route.Status is { } status ? new ResourceStatus.OfRoute(of.Key, status) : null),
        ResourceStatus.OfBundle when held.Bundle(of.Key) is { } bundle =>
            AtHand(bundle.Metadata, bundle.Status is { } status ? new ResourceStatus.OfBundle(of.Key, status) : null),
        _ => null,
    };

    private static AtHand<ResourceStatus?> AtHand(V1ObjectMeta metadata, ResourceStatus? status) => new(metadata.Uid, metadata.ResourceVersion, status);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Trying again what was refused failed: {Problem}")]
        public static partial void StillFailing(ILogger logger, string problem);
    }
}
