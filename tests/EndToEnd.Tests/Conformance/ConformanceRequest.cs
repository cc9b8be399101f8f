using System.Collections.Immutable;

namespace Portcullis.EndToEnd.Tests.Conformance;

/// <summary>What a client sends.</summary>
/// <param name="Target">Path and query, as they are written.</param>
/// <param name="Host">The Host header or <c>:authority</c>.</param>
/// <param name="Headers">In order, also several of one name.</param>
internal sealed record ConformanceRequest(string Method, string Target, string Host, ImmutableArray<(string Name, string Value)> Headers)
{
    /// <summary>What the server's certificate must be for.</summary>
    public string ServerName => Host.Split(':')[0].TrimEnd('.').ToLowerInvariant();

    public bool HasBody => Method is "POST" or "PUT" or "PATCH";

    public ConformanceRequest With(string name, string value) => this with { Headers = Headers.Add((name, value)) };
}
