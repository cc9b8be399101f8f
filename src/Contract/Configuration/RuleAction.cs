using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>What becomes of a request that a rule takes.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(Forward), "Forward")]
[JsonDerivedType(typeof(Redirect), "Redirect")]
[JsonDerivedType(typeof(Refuse), "Refuse")]
public abstract record RuleAction
{
    /// <summary>Sent to one of the route's backends, chosen by weight; a weight of 0 takes no request.</summary>
    public sealed record Forward(ImmutableArray<WeightedBackend> Backends) : RuleAction;

    /// <summary>Answered with another address; what is null stays as the client asked for it.</summary>
    public sealed record Redirect : RuleAction
    {
        /// <summary><c>http</c> or <c>https</c>.</summary>
        public string? Scheme { get; init; }

        public string? Hostname { get; init; }

        /// <summary>Null: the well-known one of <see cref="Scheme"/> when that is set, else the port the client used.</summary>
        public int? Port { get; init; }

        public PathChange? Path { get; init; }

        public required int StatusCode { get; init; }
    }

    /// <summary>
    /// Answered 503 with this code: the rule cannot be served and keeps its place, so that its requests reach nobody else (P6).
    /// </summary>
    public sealed record Refuse(string Code) : RuleAction;
}
