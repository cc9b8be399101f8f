using System.Collections.Immutable;
using Portcullis.Contract;

namespace Portcullis.Gateway.Mounts;

/// <summary>
/// Looks at the mounted directories once. Contents are read whole each time: a volume is updated by swapping a link, which file watchers miss and
/// time stamps do not always show.
/// </summary>
internal static class MountReader
{
    /// <summary>Four times what a ConfigMap can hold.</summary>
    public const int LargestFile = 4 * 1024 * 1024;

    public static MountReading Read(ImmutableArray<string> directories)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<ResourceKey, FileReading>();
        var problems = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

        foreach (var directory in directories)
        {
            foreach (var path in Listed(directory, problems))
            {
                if (BundleFileName.TryParse(Path.GetFileName(path), out var bundle))
                {
                    var reading = ReadFile(path);
                    files[bundle] = files.TryGetValue(bundle, out var other) ? Agreed(other, reading) : reading;
                }
                else
                {
                    problems[path] = $"its name is no bundle's; name it namespace.name.pem, for example {BundleFileName.Example}";
                }
            }
        }

        return new MountReading { Files = files.ToImmutable(), PathProblems = problems.ToImmutable() };
    }

    private static IEnumerable<string> Listed(string directory, ImmutableSortedDictionary<string, string>.Builder problems)
    {
        try
        {
            // Names with a leading dot belong to whoever writes the directory: the volume's own links, files not yet renamed into place.
            return Directory.GetFiles(directory, "*" + BundleFileName.Extension)
                .Where(path => !Path.GetFileName(path).StartsWith('.'))
                .Order(StringComparer.Ordinal);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems[directory] = $"the directory cannot be listed: {unreadable.Message}";
            return [];
        }
    }

    private static FileReading ReadFile(string path)
    {
        try
        {
            var bytes = ReadAtMost(path, LargestFile + 1);

            return bytes.Length <= LargestFile
                ? new FileReading.Content(path, bytes, Digest.Of(bytes))
                : new FileReading.Unreadable($"{path} is larger than {LargestFile / 1024 / 1024} MiB");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new FileReading.Unreadable($"{path} cannot be read: {unreadable.Message}");
        }
    }

    private static byte[] ReadAtMost(string path, int length)
    {
        // Sharing everything: whoever writes the file must not be hindered, and what is half-written is refused by its content.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];

        while (content.Length < length && file.Read(buffer, 0, (int)Math.Min(buffer.Length, length - content.Length)) is > 0 and var count)
        {
            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    /// <summary>A bundle that moves from one directory to another may be in both for a moment; which of two different contents is right cannot be known here.</summary>
    private static FileReading Agreed(FileReading first, FileReading second) => (first, second) switch
    {
        (FileReading.Content one, FileReading.Content other) when one.Digest == other.Digest => one,
        (FileReading.Content one, FileReading.Content other) => new FileReading.Unreadable($"{one.Path} and {other.Path} differ; remove one of them"),
        (FileReading.Unreadable, _) => first,
        _ => second,
    };
}
