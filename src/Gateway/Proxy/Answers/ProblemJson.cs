using System.Text.Json.Serialization;

namespace Portcullis.Gateway.Proxy.Answers;

/// <summary>How problem documents are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class ProblemJson : JsonSerializerContext;
