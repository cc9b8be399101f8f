using Portcullis.Contract;

namespace Portcullis.Operator.Stores.Manifests;

/// <summary>Which object a manifest is: at most one of each exists.</summary>
internal sealed record ObjectIdentity(string Kind, ResourceKey Key) : IComparable<ObjectIdentity>
{
    public int CompareTo(ObjectIdentity? other) =>
        other is null ? 1
        : string.CompareOrdinal(Kind, other.Kind) is var byKind and not 0 ? byKind
        : Key.CompareTo(other.Key);

    public override string ToString() => $"{Kind} {Key}";
}
