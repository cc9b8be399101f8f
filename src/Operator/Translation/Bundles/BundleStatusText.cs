using System.Collections.Immutable;

namespace Portcullis.Operator.Translation.Bundles;

/// <summary>The words in a bundle's status that are read back after a restart.</summary>
public static class BundleStatusText
{
    public const string Anchor = "Anchor";
    public const string Intermediate = "Intermediate";
    public const string Ignored = "Ignored";

    /// <summary>Why one is ignored that still serves until what replaces it has arrived.</summary>
    public const string Leaving = "Leaving";

    // Source names are DNS labels, so the separator cannot be part of one.
    private const string Separator = ", ";

    public static string Sources(ImmutableArray<string> names) => string.Join(Separator, names);

    public static ImmutableArray<string> Sources(string text) => [.. text.Split(Separator, StringSplitOptions.RemoveEmptyEntries)];
}
