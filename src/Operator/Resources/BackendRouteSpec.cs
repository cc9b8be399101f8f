using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>What a user declares of one route.</summary>
public sealed record BackendRouteSpec
{
    /// <summary>Names of declared gateways.</summary>
    public ImmutableArray<string> Gateways { get; init; } = ["default"];

    public required ImmutableArray<string> Hostnames { get; init; }

    /// <summary>Null when the gateway's own front settings hold.</summary>
    public Frontend? Frontend { get; init; }

    public required ImmutableArray<Rule> Rules { get; init; }

    /// <summary>Empty when every rule redirects.</summary>
    public ImmutableArray<Backend> Backends { get; init; } = [];
}
