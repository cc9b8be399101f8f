using System.Collections.Immutable;

namespace Portcullis.Operator.Cluster;

/// <summary>One request to the API server.</summary>
/// <param name="Method">As in HTTP.</param>
/// <param name="Path">From <see cref="ApiKind"/>, without query.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    public ImmutableArray<(string Name, string Value)> Query { get; init; } = [];

    /// <summary>JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = ApiContentType.Json;

    public string PathAndQuery =>
        Query.IsEmpty ? Path : $"{Path}?{string.Join('&', Query.Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"))}";
}
