using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

public sealed record TrustBundleSpec
{
    public required ImmutableArray<TrustSource> Sources { get; init; }

    public Rollout? Rollout { get; init; }

    /// <summary>How long before its end a certificate is announced as expiring, as a duration.</summary>
    public string? ExpiryWarning { get; init; }
}

/// <summary>Exactly one of its kinds is set.</summary>
public sealed record TrustSource
{
    public required string Name { get; init; }

    public SourceKey? ConfigMap { get; init; }

    public SourceKey? Secret { get; init; }

    public ClusterTrustBundleSource? ClusterTrustBundle { get; init; }

    public string? Inline { get; init; }

    public string? RetainPreviousFor { get; init; }
}

public sealed record SourceKey
{
    public required string Name { get; init; }

    public string Key { get; init; } = "ca.crt";
}

public sealed record ClusterTrustBundleSource
{
    public string? Name { get; init; }

    public string? SignerName { get; init; }

    public LabelSelector? LabelSelector { get; init; }
}

public sealed record LabelSelector
{
    public ImmutableDictionary<string, string> MatchLabels { get; init; } = ImmutableDictionary<string, string>.Empty;
}

public sealed record Rollout
{
    public Preflight? Preflight { get; init; }

    public string? PreflightTimeout { get; init; }

    public RemovalMode OnRemoval { get; init; } = RemovalMode.Drain;

    public string? DrainTimeout { get; init; }

    public string? ApprovedDigest { get; init; }
}

public enum Preflight
{
    Off,
    Warn,
    Enforce,
}

public enum RemovalMode
{
    Drain,
    Close,
}
