using System.Text.Json.Serialization;

namespace Portcullis.Contract.Configuration;

/// <summary>
/// Names one entry of a configuration, written <c>Route:namespace/name</c>. The kind is text, so that an older gateway can name an entry of a
/// kind it does not know when it refuses it.
/// </summary>
[JsonConverter(typeof(AsText))]
public readonly record struct EntryKey(string Kind, string Name) : IComparable<EntryKey>
{
    /// <exception cref="FormatException">The text is not <c>kind:name</c>.</exception>
    public static EntryKey Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);

        return colon > 0
            ? new EntryKey(text[..colon], text[(colon + 1)..])
            : throw new FormatException($"'{text}' is not of the form kind:name.");
    }

    public static EntryKey Route(ResourceKey route) => new("Route", route.ToString());

    public static EntryKey Bundle(ResourceKey bundle) => new("Bundle", bundle.ToString());

    public static EntryKey Certificate(ResourceKey certificate) => new("Certificate", certificate.ToString());

    public static EntryKey Settings { get; } = new("Settings", "gateway");

    public static EntryKey SessionKey { get; } = new("SessionKey", "gateway");

    public int CompareTo(EntryKey other)
    {
        var byKind = string.CompareOrdinal(Kind, other.Kind);
        return byKind != 0 ? byKind : string.CompareOrdinal(Name, other.Name);
    }

    public static bool operator <(EntryKey left, EntryKey right) => left.CompareTo(right) < 0;

    public static bool operator >(EntryKey left, EntryKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(EntryKey left, EntryKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EntryKey left, EntryKey right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Kind}:{Name}";

    internal sealed class AsText() : TextConverter<EntryKey>(Parse);
}
