using System.Collections.Immutable;
using System.Threading.Channels;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Contract.Handover;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Routes;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>
/// Everything that was read so far. What watches say goes in one at a time; each change costs what changed, and is one new snapshot. What objects
/// refer to decides which further watches are wanted, in the same step that brings the reference: no snapshot says "not there" of what was not asked for.
/// </summary>
internal sealed class Picture(WatchPlan plan, ReadFaults texts)
{
    private readonly Lock gate = new();
    private readonly Channel<bool> wantedChanges = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Demand demand = new(plan, texts);
    private ClusterObjects objects = ClusterObjects.Empty;

    /// <inheritdoc cref="ClusterWatch.Snapshots"/>
    public Latest<ResourceSnapshot> Snapshots { get; } = new();

    /// <inheritdoc cref="ClusterWatch.Synced"/>
    public Task Synced => synced.Task;

    /// <summary>Has something to read when <see cref="Wanted"/> may have changed.</summary>
    public ChannelReader<bool> WantedChanges => wantedChanges.Reader;

    public ImmutableHashSet<WatchTarget> Wanted
    {
        get
        {
            lock (gate)
            {
                return demand.Wanted;
            }
        }
    }

    public ImmutableArray<string> Awaited
    {
        get
        {
            lock (gate)
            {
                return [.. demand.Unanswered.Select(target => target.ToString()).Order(StringComparer.Ordinal)];
            }
        }
    }

    public ClusterObjects Objects
    {
        get
        {
            lock (gate)
            {
                return objects;
            }
        }
    }

    /// <summary>Everything of the target was read; these changes lead to it.</summary>
    public void Replace<T>(WatchTarget target, ObjectField<T> field, ImmutableArray<ObjectChange<T>> changes) =>
        Step(() => demand.Read(target) | Change(target, field, changes));

    public void Apply<T>(WatchTarget target, ObjectField<T> field, ObjectChange<T> change) => Step(() => Change(target, field, [change]));

    public void Refuse(WatchTarget target, ApiRefusal refusal) => Step(() => demand.Refuse(target, refusal));

    /// <summary>Nobody watches the target any more.</summary>
    public void Withdraw<T>(WatchTarget target, ObjectField<T> field, ImmutableArray<ResourceKey> keys) => Step(() =>
    {
        Change(target, field, [.. keys.Select(key => new ObjectChange<T>.Removed(key))]);
        demand.Forget(target);
        return true;
    });

    /// <param name="change">Says whether it is news to those who translate.</param>
    private void Step(Func<bool> change)
    {
        lock (gate)
        {
            var wanted = demand.Wanted;
            var isNews = change();
            var isFirst = !demand.Unanswered.Any() && synced.TrySetResult();

            if (demand.Wanted != wanted)
            {
                wantedChanges.Writer.TryWrite(true);
            }

            if ((isNews || isFirst) && synced.Task.IsCompleted && demand.AreEssentialsKnown)
            {
                Snapshots.Offer(objects.Resources with { Faults = demand.Faults });
            }
        }
    }

    private bool Change<T>(WatchTarget target, ObjectField<T> field, ImmutableArray<ObjectChange<T>> changes)
    {
        var all = field.Of(objects).ToBuilder();
        var isNews = changes.Aggregate(false, (news, change) => Take(target, all, change) || news);
        objects = field.With(objects, all.ToImmutable());

        return Derive(target, [.. changes.Select(change => change.Key)]) || isNews;
    }

    private bool Take<T>(WatchTarget target, ImmutableSortedDictionary<ResourceKey, T>.Builder all, ObjectChange<T> change)
    {
        var before = all.GetValueOrDefault(change.Key);
        var isKnown = TryTake(all, change);

        if (target.Role == TargetRole.OwnAddress)
        {
            return isKnown;
        }

        // What the others mean for a snapshot is derived.
        return target.Role == TargetRole.Resource && (isKnown
            ? Know(new ObjectRef(target.Selection.Kind.Name, change.Key), before, all.GetValueOrDefault(change.Key))
            : before is null && demand.Quarantine(new ObjectRef(target.Selection.Kind.Name, change.Key), ((ObjectChange<T>.Undecodable)change).Field));
    }

    /// <summary>False for an object of which nothing can be told: whatever it was before still holds.</summary>
    private static bool TryTake<T>(ImmutableSortedDictionary<ResourceKey, T>.Builder all, ObjectChange<T> change)
    {
        if (change is ObjectChange<T>.Put put)
        {
            all[put.Key] = put.Object;
            return true;
        }

        if (change is ObjectChange<T>.Undecodable { Outline: { } outline })
        {
            all[change.Key] = Outline.Over(all.GetValueOrDefault(change.Key), outline);
            return true;
        }

        return change is ObjectChange<T>.Removed && (all.Remove(change.Key) || true);
    }

    private bool Know<T>(ObjectRef known, T? before, T? after)
    {
        var faults = demand.Faults;
        demand.Know(known, after is null ? [] : ReferencedObjects.Of(known.Key, after));

        return IsRelevant(known, before) || IsRelevant(known, after) || demand.Faults != faults;
    }

    /// <summary>A cluster is full of changes that no route asks about; they are kept, and seen with the next one that matters.</summary>
    private bool IsRelevant<T>(ObjectRef reference, T? subject) => subject switch
    {
        null => false,
        V1EndpointSlice slice => SliceOwner.Of(reference.Key, slice) is { } service && demand.IsReferred(new ObjectRef(ReferencedObjects.Service, service)),
        V1Service or V1ConfigMap => demand.IsReferred(reference),
        _ => true,
    };

    private bool Derive(WatchTarget target, ImmutableArray<ResourceKey> keys)
    {
        var before = objects.Resources;
        objects = target switch
        {
            { Role: TargetRole.Shard } => keys.Aggregate(objects, DerivedContent.WithShard),
            { Role: TargetRole.GatewayPods } => DerivedContent.WithPods(objects, plan.Gateways.Where(gateway => WatchPlan.PodsOf(gateway) is { } pods && demand.IsRead(pods))),
            { Selection.Kind.Plural: TrustBundle.Plural } => keys.Aggregate(objects, DerivedContent.WithPublished),
            _ => objects,
        };

        return (target.IsGrantDefinition && demand.JudgeGrants(objects.Definitions.GetValueOrDefault(WatchPlan.GrantDefinition))) || objects.Resources != before;
    }
}
