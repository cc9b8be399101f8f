using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>What a user declares of one bundle.</summary>
public sealed record TrustBundleSpec
{
    public required ImmutableArray<TrustSource> Sources { get; init; }

    public Rollout? Rollout { get; init; }

    /// <summary>How long before its end a certificate is announced as expiring, as a duration.</summary>
    public string? ExpiryWarning { get; init; }
}
