using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>One value of a structural schema, as apiextensions.k8s.io/v1 has it.</summary>
internal sealed record SchemaNode
{
    public required SchemaType Type { get; init; }

    /// <summary>Empty only for metadata, where the API server allows none.</summary>
    public required string Description { get; init; }

    public ImmutableSortedDictionary<string, SchemaNode> Properties { get; init; } = ImmutableSortedDictionary.Create<string, SchemaNode>(StringComparer.Ordinal);

    public ImmutableArray<string> Required { get; init; } = [];

    /// <summary>Null when fields other than <see cref="Properties"/> are unknown.</summary>
    public SchemaNode? AdditionalProperties { get; init; }

    /// <summary>True for metadata, whose schema is Kubernetes' own.</summary>
    public bool KeepsUnknownFields { get; init; }

    /// <summary>Null except in arrays.</summary>
    public SchemaNode? Items { get; init; }

    public ImmutableArray<JsonNode> Enum { get; init; } = [];

    /// <summary>Null when there is none.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>Null when there is none.</summary>
    public JsonNode? Example { get; init; }

    /// <summary>Null when every text fits.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>As the CRD writes it; null when there is none.</summary>
    public string? Format { get; init; }

    public long? MinLength { get; init; }

    public long? MaxLength { get; init; }

    public long? Minimum { get; init; }

    public long? Maximum { get; init; }

    public long? MinItems { get; init; }

    public long? MaxItems { get; init; }

    public long? MinProperties { get; init; }

    public long? MaxProperties { get; init; }

    /// <summary>True for a list whose items must differ.</summary>
    public bool IsSet { get; init; }

    /// <summary>Fields that tell the items of a list apart; empty when it is no list-map.</summary>
    public ImmutableArray<string> MapKeys { get; init; } = [];

    public ImmutableArray<SchemaRule> Rules { get; init; } = [];
}
