using System.Text.Json.Serialization;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Contract;

/// <summary>How everything in this assembly is written as JSON: one spelling for the stream, the saved configuration, reports and command lines.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    AllowOutOfOrderMetadataProperties = false,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ConfigurationEntry))]
[JsonSerializable(typeof(GatewayReport))]
[JsonSerializable(typeof(Verdict))]
public sealed partial class ContractJson : JsonSerializerContext;
