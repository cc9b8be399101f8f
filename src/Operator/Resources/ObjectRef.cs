using Portcullis.Contract;

namespace Portcullis.Operator.Resources;

/// <summary>One object that may be referred to, or all of its namespace or kind when the name, or both, are empty.</summary>
/// <param name="Kind">Such as <c>Secret</c>.</param>
/// <param name="Key">Namespace and name.</param>
public readonly record struct ObjectRef(string Kind, ResourceKey Key)
{
    public static ObjectRef Whole(string kind) => new(kind, new ResourceKey("", ""));

    public static ObjectRef Namespace(string kind, string ns) => new(kind, new ResourceKey(ns, ""));
}
