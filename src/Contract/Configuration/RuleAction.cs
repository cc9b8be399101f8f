using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>What becomes of a request that a rule takes.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(Forward), "Forward")]
[JsonDerivedType(typeof(Refuse), "Refuse")]
public abstract record RuleAction
{
    /// <summary>Sent to one of the route's backends, chosen by weight; a weight of 0 takes no request.</summary>
    public sealed record Forward(ImmutableArray<WeightedBackend> Backends) : RuleAction;

    /// <summary>
    /// Answered 503 with this code: the rule cannot be served and keeps its place, so that its requests reach nobody else (P6).
    /// </summary>
    public sealed record Refuse(string Code) : RuleAction;
}
