using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>One BackendRoute as a gateway serves it: the hostnames it owns, its rules and its backends.</summary>
public sealed record RouteEntry : ConfigurationEntry
{
    [JsonIgnore]
    public override EntryKey Key => EntryKey.Route(Route);

    public required ResourceKey Route { get; init; }

    /// <summary>Among equal matches of one hostname the older route wins; the key breaks ties.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Lower-case host names this route may answer for on this gateway, <c>*.</c> prefix allowed; never empty.</summary>
    public required ImmutableArray<string> Hostnames { get; init; }

    /// <summary>Null when plain HTTP is redirected and nothing else is asked for.</summary>
    public FrontSettings? Front { get; init; }

    public required ImmutableArray<RouteRule> Rules { get; init; }

    public required ImmutableArray<BackendConfiguration> Backends { get; init; }
}
