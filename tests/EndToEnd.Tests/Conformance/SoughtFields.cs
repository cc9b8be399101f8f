using System.Collections.Immutable;

namespace Portcullis.EndToEnd.Tests.Conformance;

/// <summary>Header fields that are looked for: <c>Name: value</c> is there with this value, <c>Name: ~part</c> contains it, <c>-Name</c> is not there.</summary>
internal sealed class SoughtFields
{
    private readonly ImmutableArray<string> sought;

    private SoughtFields(ImmutableArray<string> sought) => this.sought = sought;

    public static SoughtFields Of(IEnumerable<string> sought) => new([.. sought]);

    public static (string Name, string Value) Split(string field)
    {
        // Not the one that a name such as :method begins with.
        var colon = field.IndexOf(':', startIndex: 1);
        return (field[..colon], field[(colon + 1)..].TrimStart());
    }

    /// <summary>The same fields with what is there: the same text when all is as it should be.</summary>
    public string FoundIn(IReadOnlyDictionary<string, string> fields) => Text(sought.Select(field => Found(field, fields)));

    public override string ToString() => Text(sought);

    private static string Found(string field, IReadOnlyDictionary<string, string> fields)
    {
        var name = field.StartsWith('-') ? field[1..] : Split(field).Name;
        if (!fields.TryGetValue(name, out var value))
        {
            return $"-{name}";
        }

        var isPart = !field.StartsWith('-') && Split(field).Value is ['~', .. var part] && value.Contains(part, StringComparison.Ordinal);
        return isPart ? field : $"{name}: {value}";
    }

    private static string Text(IEnumerable<string> fields) => string.Concat(fields.Select(field => $" | {field}"));
}
