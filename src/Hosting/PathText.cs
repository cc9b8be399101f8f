using System.Diagnostics.CodeAnalysis;

namespace Portcullis.Hosting;

/// <summary>Paths of files and folders as people write them.</summary>
public static class PathText
{
    public static bool TryParse(string text, [NotNullWhen(true)] out string? path)
    {
        path = text;
        return text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal);
    }
}
