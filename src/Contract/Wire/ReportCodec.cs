using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Google.Protobuf;
using Portcullis.Contract.Reports;

namespace Portcullis.Contract.Wire;

/// <summary>Reports to bytes and back.</summary>
public static class ReportCodec
{
    public static ByteString Encode(GatewayReport report) =>
        UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(report, ContractJson.Report));

    /// <summary>False when it is not a report that this version understands; <paramref name="problem"/> then says where.</summary>
    public static bool TryDecode(ByteString content, [NotNullWhen(true)] out GatewayReport? report, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            report = JsonSerializer.Deserialize(content.Span, ContractJson.Report);
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
