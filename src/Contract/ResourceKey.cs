using System.Text.Json.Serialization;

namespace Portcullis.Contract;

/// <summary>Names one resource of a known kind: <c>namespace/name</c>. Ordered by namespace, then name.</summary>
[JsonConverter(typeof(AsText))]
public readonly record struct ResourceKey(string Namespace, string Name) : IComparable<ResourceKey>
{
    /// <exception cref="FormatException">The text is not <c>namespace/name</c>.</exception>
    public static ResourceKey Parse(string text) =>
        text.Split('/') is [{ Length: > 0 } ns, { Length: > 0 } name]
            ? new ResourceKey(ns, name)
            : throw new FormatException($"'{text}' is not of the form namespace/name.");

    public int CompareTo(ResourceKey other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    public static bool operator <(ResourceKey left, ResourceKey right) => left.CompareTo(right) < 0;

    public static bool operator >(ResourceKey left, ResourceKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(ResourceKey left, ResourceKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ResourceKey left, ResourceKey right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Namespace}/{Name}";

    internal sealed class AsText() : TextConverter<ResourceKey>(Parse);
}
