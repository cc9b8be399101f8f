using System.Text;

namespace Portcullis.Gateway.Hosting.Front;

/// <summary>
/// Reads the Connection header of requests. The server replaces a value in which it knows exactly one word (<c>close, X-Private</c>) by that word, and what
/// else it names would pass to the backend although it is for this hop alone. A value that names more is therefore read with two words the server knows,
/// which it leaves as it is; the connection is closed after such a request.
/// </summary>
internal sealed class ConnectionEncoding : Encoding
{
    private const string TwoKnownWords = ", close, keep-alive";

    // The server knows the first three; the others never pass, whether they are named or not.
    private static readonly string[] Harmless = ["keep-alive", "close", "upgrade", "te", "http2-settings"];

    private ConnectionEncoding()
    {
    }

    public static ConnectionEncoding Instance { get; } = new();

    public override int GetCharCount(byte[] bytes, int index, int count) => count + Addition(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var value = bytes.AsSpan(byteIndex, byteCount);
        var addition = Addition(value);
        Latin1.GetChars(value, chars.AsSpan(charIndex));
        addition.CopyTo(chars.AsSpan(charIndex + byteCount));

        return byteCount + addition.Length;
    }

    public override int GetMaxCharCount(int byteCount) => byteCount + TwoKnownWords.Length;

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);

    private static string Addition(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var word = value[range].Trim(" \t"u8);
            if (!word.IsEmpty && !IsHarmless(word))
            {
                return TwoKnownWords;
            }
        }

        return "";
    }

    private static bool IsHarmless(ReadOnlySpan<byte> word)
    {
        foreach (var harmless in Harmless)
        {
            if (Ascii.EqualsIgnoreCase(word, harmless))
            {
                return true;
            }
        }

        return false;
    }
}
