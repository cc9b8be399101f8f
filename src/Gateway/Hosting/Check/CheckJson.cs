using System.Text.Json.Serialization;

namespace Portcullis.Gateway.Hosting.Check;

/// <summary>How <c>gateway check</c> reads and writes JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(BatchQuestion))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckJson : JsonSerializerContext;
