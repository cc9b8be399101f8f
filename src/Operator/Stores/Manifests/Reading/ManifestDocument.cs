using System.Text.Json.Nodes;

namespace Portcullis.Operator.Stores.Manifests.Reading;

/// <summary>One document of a manifest file: its content, and the line of each field. The root is null in an empty document.</summary>
internal sealed record ManifestDocument(JsonNode? Root, LineMap Lines);
