using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Portcullis.Contract;

/// <summary>A SHA-256 over bytes that were sent or mounted, written <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
[JsonConverter(typeof(AsText))]
public readonly record struct Digest : IComparable<Digest>
{
    private const string Prefix = "sha256:";
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");
    private readonly string? text;

    private Digest(string text) => this.text = text;

    public static Digest Of(ReadOnlySpan<byte> content) => new(Prefix + Convert.ToHexStringLower(SHA256.HashData(content)));

    public static bool TryParse(string? text, out Digest digest)
    {
        var wellFormed = text is { Length: 71 }
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && text.AsSpan(Prefix.Length).IndexOfAnyExcept(Hexadecimal) < 0;

        digest = wellFormed ? new Digest(text!) : default;
        return wellFormed;
    }

    /// <exception cref="FormatException">The text is not a digest.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException($"'{text}' is not a digest of the form sha256:<64 hexadecimal digits>.");

    public int CompareTo(Digest other) => string.CompareOrdinal(text, other.text);

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    public override string ToString() => text ?? "";

    internal sealed class AsText() : TextConverter<Digest>(Parse);
}
