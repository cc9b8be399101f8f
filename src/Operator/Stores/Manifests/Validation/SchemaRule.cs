using System.Text.Json.Nodes;

namespace Portcullis.Operator.Stores.Manifests.Validation;

/// <summary>One CEL rule of a CRD with its twin in C#. Message and field are the CRD's own.</summary>
internal sealed record SchemaRule
{
    public required string Expression { get; init; }

    public required string Message { get; init; }

    /// <summary>Where the problem is shown, below the value that the rule is about; null when it is that value itself.</summary>
    public string? FieldPath { get; init; }

    /// <summary>True when the value obeys. Called only with values of the right structure.</summary>
    public required Func<JsonNode, bool> Holds { get; init; }
}
