using System.Collections.Immutable;

namespace Portcullis.Contract.Configuration;

/// <summary>Who a backend must prove to be.</summary>
public sealed record PeerIdentity
{
    /// <summary>Sent as SNI (RFC 6066); null when no name may be sent, as for an IP address.</summary>
    public string? ServerName { get; init; }

    /// <summary>One of these must be in the certificate's subjectAltName extension; never empty, so that "any certificate" cannot be expressed.</summary>
    public required ImmutableArray<SubjectName> Names { get; init; }
}
