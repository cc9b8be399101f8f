namespace Portcullis.Operator.Resources;

/// <summary>One ClusterTrustBundle by name, or all of a signer.</summary>
public sealed record ClusterTrustBundleSource
{
    public string? Name { get; init; }

    public string? SignerName { get; init; }

    public LabelSelector? LabelSelector { get; init; }
}
