using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Operator.Cluster;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Stores.Kubernetes.Watching;

/// <summary>Which watches are wanted, which have answered, and what is not known because of those that have not. Not safe for several threads.</summary>
internal sealed class Demand
{
    private readonly WatchPlan plan;
    private readonly ReadFaults texts;
    private readonly ReferenceCounts references = new();
    private readonly ImmutableHashSet<WatchTarget> always;
    private readonly ImmutableArray<WatchTarget> essential;

    // Of the targets that are wanted, or still running: those that had an answer, had a good one, and are waited for.
    private readonly HashSet<WatchTarget> answered = [];
    private readonly HashSet<WatchTarget> read = [];
    private readonly HashSet<WatchTarget> unanswered;
    private ImmutableHashSet<WatchTarget> grants = [];

    public Demand(WatchPlan plan, ReadFaults texts)
    {
        (this.plan, this.texts) = (plan, texts);
        Wanted = always = [.. plan.Static];
        unanswered = [.. always];
        essential = [.. always.Where(target => target.IsEssential)];
    }

    public ImmutableHashSet<WatchTarget> Wanted { get; private set; }

    public ImmutableDictionary<ObjectRef, ReadFault> Faults { get; private set; } = ImmutableDictionary<ObjectRef, ReadFault>.Empty;

    public IEnumerable<WatchTarget> Unanswered => unanswered;

    /// <summary>
    /// An operator that may not read all routes and bundles knows nothing to tell gateways, least of all that there are fewer: they keep what they have
    /// (P3, P5). Where the kind does not exist there are none indeed. Nor does it while it does not know where no backend may lead (P10).
    /// </summary>
    public bool AreEssentialsKnown =>
        essential.All(target => read.Contains(target) || Faults.GetValueOrDefault(target.Scope)?.Reason == ReadFaultReason.KindMissing);

    public bool IsRead(WatchTarget target) => read.Contains(target);

    public bool IsReferred(ObjectRef reference) => references.Contains(reference);

    /// <summary>It was read whole.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Read(WatchTarget target)
    {
        Answer(target);
        return read.Add(target);
    }

    /// <returns>Whether that is news: what was read before stays as it was.</returns>
    public bool Refuse(WatchTarget target, ApiRefusal refusal)
    {
        if (read.Contains(target))
        {
            return false;
        }

        Answer(target);

        return target switch
        {
            { Role: TargetRole.Resource } => SetFault(target.Scope, texts.Of(target, refusal)),
            { IsGrantDefinition: true } => WantGrants(plan.GrantsUnseen),
            _ => true,
        };
    }

    /// <summary>Its watch has ended, and what it read is gone.</summary>
    public void Forget(WatchTarget target)
    {
        read.Remove(target);
        answered.Remove(target);

        // What is known of the kind of grants is said where its CRD is judged.
        if (!target.EndsAtOnce)
        {
            Faults = Faults.Remove(target.Scope);
        }

        // Wanted again while it was ending: a new watch will answer, and until then nobody knows.
        if (Wanted.Contains(target))
        {
            Await(target);
        }
    }

    /// <summary>The object is known, and refers to these now.</summary>
    public void Know(ObjectRef known, ImmutableHashSet<ObjectRef> referred)
    {
        Faults = Faults.Remove(known);
        var (needed, unneeded) = references.Set(known, referred);

        foreach (var reference in needed)
        {
            Need(reference);
        }

        foreach (var reference in unneeded)
        {
            Release(reference);
        }
    }

    /// <summary>The object is there and was never understood.</summary>
    public bool Quarantine(ObjectRef unknown, string field) => SetFault(unknown, ReadFaults.Undecodable(unknown, field));

    /// <summary>Grants are wanted while their CRD is there. They are all we need to know of it.</summary>
    /// <param name="definition">Null when there is none.</param>
    public bool JudgeGrants(InstalledDefinition? definition)
    {
        var targets = plan.Grants(definition);
        var whole = ObjectRef.Whole(ApiKind.ReferenceGrant.Name);

        if (!targets.IsEmpty && Faults.GetValueOrDefault(whole)?.Reason == ReadFaultReason.KindMissing)
        {
            Faults = Faults.Remove(whole);
        }

        return WantGrants(targets) | (targets.IsEmpty && SetFault(whole, ReadFaults.GrantsMissing));
    }

    private bool WantGrants(ImmutableHashSet<WatchTarget> targets)
    {
        var (gone, come) = (grants.Except(targets), targets.Except(grants));
        grants = targets;

        foreach (var target in gone)
        {
            Unwant(target);
        }

        foreach (var target in come)
        {
            Want(target);
        }

        return !gone.IsEmpty || !come.IsEmpty;
    }

    private void Need(ObjectRef reference)
    {
        if (WatchPlan.For(reference) is { } target)
        {
            Want(target);
        }

        if (IsOutside(reference))
        {
            Faults = Faults.SetItems(KindsIn(reference.Key.Namespace).Select(kind => KeyValuePair.Create(kind, texts.Outside(reference.Key.Namespace))));
        }
    }

    private void Release(ObjectRef reference)
    {
        if (WatchPlan.For(reference) is { } target && !always.Contains(target))
        {
            Unwant(target);
        }

        if (IsOutside(reference))
        {
            Faults = Faults.RemoveRange(KindsIn(reference.Key.Namespace));
        }
    }

    private bool IsOutside(ObjectRef reference) => reference.Kind == ReferencedObjects.Anything && plan.IsOutside(reference.Key.Namespace);

    private static IEnumerable<ObjectRef> KindsIn(string ns) =>
        new[] { ApiKind.Service, ApiKind.EndpointSlice, ApiKind.TrustBundle, ApiKind.ReferenceGrant }.Select(kind => ObjectRef.Namespace(kind.Name, ns));

    private void Want(WatchTarget target)
    {
        if (Wanted.Contains(target))
        {
            return;
        }

        Wanted = Wanted.Add(target);

        // One that is still running has its answer.
        if (!answered.Contains(target))
        {
            Await(target);
        }
    }

    private void Unwant(WatchTarget target)
    {
        Wanted = Wanted.Remove(target);

        if (unanswered.Remove(target))
        {
            Faults = Faults.Remove(target.Scope);
        }
    }

    private void Await(WatchTarget target)
    {
        unanswered.Add(target);

        if (target.Role == TargetRole.Resource)
        {
            SetFault(target.Scope, ReadFaults.NotAnswered(target));
        }
    }

    private void Answer(WatchTarget target)
    {
        answered.Add(target);
        unanswered.Remove(target);

        if (target.Role == TargetRole.Resource)
        {
            Faults = Faults.Remove(target.Scope);
        }
    }

    private bool SetFault(ObjectRef scope, ReadFault fault)
    {
        var before = Faults;
        Faults = Faults.SetItem(scope, fault);
        return Faults != before;
    }
}
