namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>Writes a file so that a reader sees the old content or the new, never a part of it.</summary>
internal static class AtomicFile
{
    public const UnixFileMode ForEveryone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode ForOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Readers pass over names that begin with a dot, so that a file left behind by a crash is never taken for content.
    private const string Prefix = ".";
    private const string Suffix = ".writing";

    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $"{Prefix}{Guid.NewGuid():N}{Suffix}");

        try
        {
            await WriteWholeAsync(temporary, content, mode, cancellationToken).ConfigureAwait(false);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public static void CreateFolder(string folder, bool forOwnerOnly = false)
    {
        if (forOwnerOnly && !OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder, ForOwner | UnixFileMode.UserExecute);
        }
        else
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>Removes what a crash left half written. Only at start: later it could be a file that is being written.</summary>
    public static void RemoveLeftBehind(string folder)
    {
        foreach (var leftBehind in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}", SearchOption.AllDirectories))
        {
            File.Delete(leftBehind);
        }
    }

    private static async Task WriteWholeAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };

        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        await using var stream = new FileStream(path, options);
        await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        stream.Flush(flushToDisk: true);
    }
}
