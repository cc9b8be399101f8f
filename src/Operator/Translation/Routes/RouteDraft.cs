using System.Collections.Immutable;
using Portcullis.Contract;
using Portcullis.Contract.Configuration;

namespace Portcullis.Operator.Translation.Routes;

/// <summary>One route as every gateway would serve it; which hostnames it owns differs from gateway to gateway.</summary>
internal sealed record RouteDraft
{
    public required ResourceKey Key { get; init; }

    /// <summary>Tells a route from a later one of the same name; null in a folder.</summary>
    public required string? Uid { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Names of gateways, each once, with the path of its field.</summary>
    public required ImmutableArray<(string Gateway, string Field)> Gateways { get; init; }

    /// <summary>Lower case, each once, those that cannot be matched left out.</summary>
    public required ImmutableArray<string> Hostnames { get; init; }

    /// <summary>Null when nothing differs from what gateways do by themselves.</summary>
    public FrontSettings? Front { get; init; }

    public required ImmutableArray<RouteRule> Rules { get; init; }

    /// <summary>Those that some rule forwards to.</summary>
    public required ImmutableArray<BackendConfiguration> Backends { get; init; }

    /// <summary>Every TrustBundle the route may use and names, in force or not.</summary>
    public required ImmutableArray<ResourceKey> Bundles { get; init; }

    /// <summary>Every Service it names.</summary>
    public required ImmutableArray<ResourceKey> Services { get; init; }

    public required ImmutableArray<Problem> Problems { get; init; }

    /// <summary>Rules, backends and hostnames are those of an earlier translation, because something that the newest declaration needs has not been read yet.</summary>
    public bool IsHeld { get; init; }

    /// <summary>It cannot be read, so that nobody here knows its rules and backends: gateways keep what they hold of it.</summary>
    public bool IsKept { get; init; }

    public bool Waits => Problems.Any(ReadFaults.IsWait);
}
