using System.Collections.Immutable;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>The manifest files of a folder at one moment, by their path relative to it.</summary>
internal sealed record FolderListing
{
    public static FolderListing Empty { get; } = new();

    /// <summary>In path order. The stamp is null where a link leads nowhere.</summary>
    public ImmutableSortedDictionary<string, FileStamp?> Files { get; init; } = ImmutableSortedDictionary.Create<string, FileStamp?>(StringComparer.Ordinal);

    /// <summary>Subfolders that could not be listed: what is known of the files in them still holds. The empty path is the folder itself.</summary>
    public ImmutableSortedDictionary<string, string> Unreadable { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>True when the folder itself could not be listed.</summary>
    public bool RootIsUnreadable => Unreadable.ContainsKey("");

    public bool IsUnreadable(string file) =>
        Unreadable.Keys.Any(folder => folder.Length == 0 || file.StartsWith($"{folder}/", StringComparison.Ordinal));
}
