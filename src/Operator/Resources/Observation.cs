using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>What endpoints that answered alike were seen to do.</summary>
public sealed record Observation
{
    public required int EndpointCount { get; init; }

    public required string SampleEndpoint { get; init; }

    public required bool Verified { get; init; }

    /// <summary>A verdict reason, or Verified.</summary>
    public required string Reason { get; init; }

    public required string Message { get; init; }

    /// <summary>Null when there is nothing to do.</summary>
    public string? Remedy { get; init; }

    public string? ServerNameSent { get; init; }

    public string? IdentityChecked { get; init; }

    public string? TlsVersion { get; init; }

    /// <summary>Null when no bundle was in force at the handshake.</summary>
    public string? TrustBundleDigest { get; init; }

    /// <summary>At most 6.</summary>
    public ImmutableArray<ChainCertificate> Chain { get; init; } = [];
}
