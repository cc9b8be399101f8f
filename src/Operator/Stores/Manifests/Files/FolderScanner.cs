namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>Lists the manifest files of a folder and its subfolders.</summary>
internal sealed class FolderScanner
{
    private const int MostFiles = 10_000;

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    private readonly string root;
    private readonly HashSet<string> passedOver;
    private readonly HashSet<string> entered = new(StringComparer.Ordinal);
    private FolderListing listing = FolderListing.Empty;

    private FolderScanner(string root, IEnumerable<string> passedOver)
    {
        this.root = root;
        this.passedOver = passedOver.Where(Directory.Exists).Select(Real).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Folders that are passed over are our own outputs, when they are inside.</summary>
    public static FolderListing Scan(string folder, IEnumerable<string> passedOver)
    {
        var scanner = new FolderScanner(Path.GetFullPath(folder), passedOver);
        scanner.Enter(scanner.root, "");

        return scanner.listing.Files.Count <= MostFiles
            ? scanner.listing
            : FolderListing.Empty with
            {
                Unreadable = FolderListing.Empty.Unreadable.Add("", $"has more than {MostFiles} manifest files. Point the operator to a smaller folder."),
            };
    }

    private void Enter(string folder, string relative)
    {
        try
        {
            var real = Real(folder);

            if (passedOver.Contains(real) || listing.Files.Count > MostFiles)
            {
                return;
            }

            if (!entered.Add(real))
            {
                MarkUnreadable(relative, "is a link to a folder that is read already, or that contains it. Remove the link.");
                return;
            }

            List(real, relative);
        }
        catch (IOException missing) when (missing is DirectoryNotFoundException or FileNotFoundException)
        {
            MarkUnreadable(relative, "does not exist. What was read from it before still holds; create it, or correct its name.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            MarkUnreadable(relative, "cannot be listed. What was read from it before still holds; check its permissions and links.");
        }
    }

    private void List(string folder, string relative)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
        {
            // Editors keep swap and lock files under such names, and the kubelet the versions of a mounted ConfigMap.
            if (entry.Name.StartsWith('.'))
            {
                continue;
            }

            var path = relative.Length == 0 ? entry.Name : $"{relative}/{entry.Name}";

            if (entry is DirectoryInfo || Directory.Exists(entry.FullName))
            {
                Enter(entry.FullName, path);
            }
            else if (Extensions.Contains(entry.Extension, StringComparer.Ordinal))
            {
                listing = listing with { Files = listing.Files.SetItem(path, FileStamp.Of(entry.FullName)) };
            }
        }
    }

    private void MarkUnreadable(string relative, string why) => listing = listing with { Unreadable = listing.Unreadable.SetItem(relative, why) };

    private static string Real(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName.TrimEnd(Path.DirectorySeparatorChar) ?? full;
    }
}
