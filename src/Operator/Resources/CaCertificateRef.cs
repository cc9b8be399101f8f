namespace Portcullis.Operator.Resources;

/// <summary>A TrustBundle, in another namespace only with a ReferenceGrant.</summary>
public sealed record CaCertificateRef
{
    public string Group { get; init; } = TrustBundle.Group;

    public string Kind { get; init; } = TrustBundle.KindName;

    public required string Name { get; init; }

    public string? Namespace { get; init; }
}
