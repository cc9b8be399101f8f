namespace Portcullis.Operator.Resources;

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
