using System.Collections.Immutable;

namespace Portcullis.Contract.Verdicts;

/// <summary>What a verdict rests on: the names kept apart, what was sent, and what was expected. Public certificates only, never a key.</summary>
public sealed record Evidence
{
    /// <summary><c>host:port</c> that was dialed; null when a chain was checked without a connection.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The SNI that was sent; null when none was.</summary>
    public string? ServerNameSent { get; init; }

    /// <summary>The names of which one had to be in the certificate; empty only when the chain alone was checked.</summary>
    public ImmutableArray<SubjectName> NamesChecked { get; init; } = [];

    /// <summary>"1.2" or "1.3"; null when no handshake completed.</summary>
    public string? TlsVersion { get; init; }

    /// <summary>As the backend sent it: leaf first, at most 10.</summary>
    public ImmutableArray<CertificateFacts> Presented { get; init; } = [];

    /// <summary>The chain as it was built, leaf first and anchor last; what could be built of it when refused.</summary>
    public ImmutableArray<CertificateFacts> Chain { get; init; } = [];

    /// <summary>The bundles that were consulted.</summary>
    public ImmutableArray<ResourceKey> Bundles { get; init; } = [];

    /// <summary>Subjects of the anchors in force, at most 8.</summary>
    public ImmutableArray<string> Anchors { get; init; } = [];

    /// <summary>The one fact the reason turns on (the missing issuer, the constraint, the socket error), as a phrase without a full stop; null when the rest says it all.</summary>
    public string? Detail { get; init; }
}
