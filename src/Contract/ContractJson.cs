using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Portcullis.Contract.Configuration;
using Portcullis.Contract.Reports;
using Portcullis.Contract.Verdicts;

namespace Portcullis.Contract;

/// <summary>
/// How everything in this assembly is written as JSON: one spelling for the stream, the saved configuration, reports and command lines.
/// By reflection: the source generator sets what is absent to zero instead of the record's default, and an entry from an older peer would
/// lose a safe default that way.
/// </summary>
public static class ContractJson
{
    private static readonly JsonSerializerOptions Strict = Options(JsonUnmappedMemberHandling.Disallow);

    private static readonly JsonSerializerOptions Lenient = Options(JsonUnmappedMemberHandling.Skip);

    /// <summary>Entries: what is not known is refused.</summary>
    public static JsonTypeInfo<ConfigurationEntry> Entry { get; } = Of<ConfigurationEntry>(Strict);

    /// <summary>Reports: what a newer gateway adds is passed over, for an operator must still hear the rest.</summary>
    public static JsonTypeInfo<GatewayReport> Report { get; } = Of<GatewayReport>(Lenient);

    public static JsonTypeInfo<Verdict> Verdict { get; } = Of<Verdict>(Strict);

    private static JsonTypeInfo<T> Of<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Options(JsonUnmappedMemberHandling unknown)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = unknown,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,
            Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };

        options.MakeReadOnly();
        return options;
    }
}
