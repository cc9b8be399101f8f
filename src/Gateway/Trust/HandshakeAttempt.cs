using Portcullis.Contract.Configuration;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Gateway.Trust;

/// <summary>What is known of a connection that failed.</summary>
internal sealed record HandshakeAttempt
{
    /// <summary>Endpoint, SNI and names checked.</summary>
    public required Evidence Connection { get; init; }

    public required TlsVersion MinimumVersion { get; init; }

    public bool ClientCertificateOffered { get; init; }

    /// <summary>What the judge said in the validation callback; null when it was not asked.</summary>
    public Verdict? Judged { get; init; }

    /// <summary>What the peer sent first, at least 5 bytes; empty when nothing came or nobody looked.</summary>
    public ReadOnlyMemory<byte> FirstBytes { get; init; }
}
