using System.Collections.Immutable;

namespace Portcullis.TestKit.Backends;

/// <summary>One request as it arrived at a backend.</summary>
public sealed record RecordedRequest
{
    /// <summary>The connection it came on.</summary>
    public required RecordedConnection Connection { get; init; }

    public required string Method { get; init; }

    /// <summary>The Host or <c>:authority</c>, port included.</summary>
    public required string Host { get; init; }

    /// <summary>Path and query, as received.</summary>
    public required string Target { get; init; }

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/2</c>.</summary>
    public required string Protocol { get; init; }

    public required ImmutableDictionary<string, string> Headers { get; init; }

    /// <summary>The SNI of its connection; null when none was sent.</summary>
    public string? ServerName => Connection.ServerName;
}
