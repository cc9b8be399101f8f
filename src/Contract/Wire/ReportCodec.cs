using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Portcullis.Contract.Reports;

namespace Portcullis.Contract.Wire;

/// <summary>Reports to bytes and back.</summary>
public static class ReportCodec
{
    // A gateway may be newer than its operator, and a report decides nothing: what the operator does not know of it can wait for its upgrade.
    private static readonly ContractJson Lenient = new(new JsonSerializerOptions(ContractJson.Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    });

    public static ByteString Encode(GatewayReport report) =>
        UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(report, ContractJson.Default.GatewayReport));

    /// <summary>False when it is not a report that this version understands; <paramref name="problem"/> then says where.</summary>
    public static bool TryDecode(ByteString content, [NotNullWhen(true)] out GatewayReport? report, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            report = JsonSerializer.Deserialize(content.Span, Lenient.GatewayReport);
            problem = report is null ? "it is empty" : null;
        }
        catch (Exception malformed) when (malformed is JsonException or NotSupportedException)
        {
            report = null;
            problem = $"it is not understood at {(malformed as JsonException)?.Path ?? "$"}";
        }

        return report is not null;
    }
}
