using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>How a path is changed.</summary>
/// <param name="Value">An encoded path that starts with a slash.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Full), "Full")]
[JsonDerivedType(typeof(Prefix), "Prefix")]
public abstract record PathChange(string Value)
{
    /// <summary>Replaces all of it; the query stays.</summary>
    public sealed record Full(string Value) : PathChange(Value);

    /// <summary>Replaces the segments that the rule's match named; what follows them stays.</summary>
    public sealed record Prefix(string Value) : PathChange(Value);
}
