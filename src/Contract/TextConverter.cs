using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portcullis.Contract;

/// <summary>Writes a value into JSON as the text it has, and reads it back.</summary>
/// <param name="parse">Refuses a malformed text by a <see cref="FormatException"/> that says how it should look.</param>
internal abstract class TextConverter<T>(Func<string, T> parse) : JsonConverter<T>
    where T : struct
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return parse(reader.GetString() ?? "");
        }
        catch (FormatException malformed)
        {
            throw new JsonException(malformed.Message, malformed);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
