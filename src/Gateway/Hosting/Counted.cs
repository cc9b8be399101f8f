using System.Diagnostics.CodeAnalysis;

namespace Portcullis.Gateway.Hosting;

/// <summary>A number of an option that may be left out.</summary>
internal sealed record Counted(long Value)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out Counted? counted)
    {
        counted = OptionText.TryParseCount(text, out var count) ? new Counted(count) : null;
        return counted is not null;
    }

    public static bool TryParseBytes(string text, [NotNullWhen(true)] out Counted? counted)
    {
        counted = OptionText.TryParseBytes(text, out var bytes) ? new Counted(bytes) : null;
        return counted is not null;
    }
}
