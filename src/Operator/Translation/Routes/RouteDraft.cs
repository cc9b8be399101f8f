using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>One route as every gateway would serve it; which hostnames it owns differs from gateway to gateway.</summary>
internal sealed record RouteDraft
{
    public required ResourceKey Key { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Lower case, each once, those that cannot be matched left out.</summary>
    public required ImmutableArray<string> Hostnames { get; init; }

    /// <summary>Null when nothing differs from what gateways do by themselves.</summary>
    public FrontSettings? Front { get; init; }

    public required ImmutableArray<RouteRule> Rules { get; init; }

    /// <summary>Those that some rule forwards to.</summary>
    public required ImmutableArray<BackendConfiguration> Backends { get; init; }

    /// <summary>Every TrustBundle the route may use and names, in force or not.</summary>
    public required ImmutableArray<ResourceKey> Bundles { get; init; }

    public required ImmutableArray<Problem> Problems { get; init; }
}
