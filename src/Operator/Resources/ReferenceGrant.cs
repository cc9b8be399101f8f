using System.Collections.Immutable;

namespace Portcullis.Operator.Resources;

/// <summary>Gateway API's consent to references across namespaces (gateway.networking.k8s.io, v1 and v1beta1 alike).</summary>
public sealed record ReferenceGrant : k8s.IKubernetesObject<k8s.Models.V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "gateway.networking.k8s.io/v1beta1";

    public string Kind { get; set; } = "ReferenceGrant";

    public k8s.Models.V1ObjectMeta Metadata { get; set; } = new();

    public required ReferenceGrantSpec Spec { get; set; }
}

public sealed record ReferenceGrantSpec
{
    public required ImmutableArray<ReferenceGrantFrom> From { get; init; }

    public required ImmutableArray<ReferenceGrantTo> To { get; init; }
}

public sealed record ReferenceGrantFrom
{
    public required string Group { get; init; }

    public required string Kind { get; init; }

    public required string Namespace { get; init; }
}

public sealed record ReferenceGrantTo
{
    public required string Group { get; init; }

    public required string Kind { get; init; }

    /// <summary>Null means every resource of the kind in the grant's namespace.</summary>
    public string? Name { get; init; }
}
