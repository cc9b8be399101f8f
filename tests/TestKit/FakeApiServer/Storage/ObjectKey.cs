namespace Portcullis.TestKit.FakeApiServer.Storage;

/// <summary>Names an object in its place, in the order lists have. The namespace is empty for what belongs to the cluster.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    public int CompareTo(ObjectKey other) => string.CompareOrdinal($"{Namespace}/{Name}", $"{other.Namespace}/{other.Name}");

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
