using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Portcullis.Operator.Stores.Kubernetes.Publishing;

/// <summary>JSON in one form, so that two values can be compared as texts: members in order, lists as they are.</summary>
internal static class CanonicalJson
{
    // Dividing by it strips trailing zeros.
    private const decimal One = 1.0000000000000000000000000000m;

    /// <summary>A member that is null is as good as absent: the API server drops it.</summary>
    public static string Of(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, value);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();

                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when value.TryGetDecimal(out var number):
                writer.WriteNumberValue(number / One);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement value)
    {
        writer.WriteStartObject();

        var members = value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null);

        foreach (var member in members.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(member.Name);
            Write(writer, member.Value);
        }

        writer.WriteEndObject();
    }
}
