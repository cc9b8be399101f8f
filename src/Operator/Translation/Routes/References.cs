using System.Collections.Immutable;
using k8s.Models;
using Portcullis.Contract;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Translation.Bundles;
using Portcullis.Operator.Translation.Gateways;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>What a route's references can lead to, indexed once for all routes.</summary>
internal sealed class References
{
    private readonly ResourceSnapshot snapshot;

    public References(ResourceSnapshot snapshot, ImmutableSortedDictionary<ResourceKey, BundleState> bundles, RouteCertificates certificates)
    {
        this.snapshot = snapshot;
        Certificates = certificates;
        Services = snapshot.Services;
        Bundles = bundles;
        Grants = new Grants(snapshot.ReferenceGrants.Values);
        Slices = snapshot.EndpointSlices
            .Select(slice => (Owner: SliceOwner.Of(slice.Key, slice.Value), Slice: slice.Value))
            .Where(owned => owned.Owner is not null)
            .ToLookup(owned => owned.Owner!.Value, owned => owned.Slice);
    }

    private References(References before, ImmutableSortedDictionary<ResourceKey, BundleState> bundles)
    {
        (snapshot, Services, Bundles, Grants, Slices, Certificates) =
            (before.snapshot, before.Services, bundles, before.Grants, before.Slices, before.Certificates);
    }

    public ImmutableSortedDictionary<ResourceKey, V1Service> Services { get; }

    public ImmutableSortedDictionary<ResourceKey, BundleState> Bundles { get; }

    public Grants Grants { get; }

    public RouteCertificates Certificates { get; }

    /// <summary>By Service.</summary>
    public ILookup<ResourceKey, V1EndpointSlice> Slices { get; }

    /// <summary>The same, when less of the bundles is in force than was thought.</summary>
    public References With(ImmutableSortedDictionary<ResourceKey, BundleState> bundles) => new(this, bundles);

    /// <summary>Null when it was read, or is known not to exist.</summary>
    public ReadFault? FaultOf(string kind, ResourceKey key) => snapshot.FaultOf(kind, key);

    /// <summary>Null when the target is of the same namespace or its owner consented. The target itself is not looked at: who has no grant learns nothing (P10).</summary>
    public Problem? Forbids(string fromNamespace, string group, string kind, ResourceKey target, string field)
    {
        if (Grants.Permit(fromNamespace, group, kind, target))
        {
            return null;
        }

        return snapshot.FaultOf(nameof(ReferenceGrant), new ResourceKey(target.Namespace, "")) switch
        {
            { Reason: ReadFaultReason.NotAnswered } fault => ReadFaults.NotRead(
                field, $"Whether namespace '{target.Namespace}' permits this reference has not been read yet. {fault.Message}"),
            { } fault => RouteProblems.NotPermitted(field, kind, group, target, fromNamespace, fault.Message),
            null => RouteProblems.NotPermitted(field, kind, group, target, fromNamespace),
        };
    }

    /// <summary>Whether everything a route was translated with in other namespaces may still be used, and its bundles are still there.</summary>
    public bool StillPermit(RouteDraft draft) =>
        draft.Bundles.All(bundle => Bundles.ContainsKey(bundle) && Grants.Permit(draft.Key.Namespace, TrustBundle.Group, TrustBundle.KindName, bundle))
        && draft.Services.All(service => Grants.Permit(draft.Key.Namespace, "", "Service", service));
}
