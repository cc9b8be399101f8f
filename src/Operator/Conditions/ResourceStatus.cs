using Portcullis.Contract;
using Portcullis.Operator.Resources;

namespace Portcullis.Operator.Conditions;

/// <summary>The status of one resource, ready to be written.</summary>
public abstract record ResourceStatus(ResourceKey Key)
{
    public sealed record OfRoute(ResourceKey Key, BackendRouteStatus Status) : ResourceStatus(Key);

    public sealed record OfBundle(ResourceKey Key, TrustBundleStatus Status) : ResourceStatus(Key);
}
