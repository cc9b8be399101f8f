namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>Writes where a field is, as Kubernetes does: <c>spec.backends[0].tls</c>, <c>data[ca.crt]</c>. The root is the empty text.</summary>
internal static class FieldPath
{
    public const string Root = "";

    public static string Field(string parent, string name) =>
        name.Length == 0 || name.AsSpan().ContainsAny("./[] ") ? $"{parent}[{name}]"
        : parent.Length == 0 ? name
        : $"{parent}.{name}";

    public static string Item(string parent, int index) => $"{parent}[{index}]";
}
