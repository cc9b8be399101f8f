using System.Text.Json.Serialization;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Contract.Reports;

/// <summary>The newest verdict about one endpoint of one backend, from a real handshake.</summary>
public sealed record BackendObservation
{
    public required ResourceKey Route { get; init; }

    public required string Backend { get; init; }

    /// <summary><c>host:port</c> as configured.</summary>
    public required string Endpoint { get; init; }

    public required Verdict Verdict { get; init; }

    [JsonIgnore]
    public ObservedEndpoint About => new(Route, Backend, Endpoint);
}
