namespace Portcullis.Gateway.Hosting;

/// <summary>
/// The folder of the saved configuration. It is made before the gateway starts: found missing later, at the first save, it would cost the
/// gateway its start without the operator (P5).
/// </summary>
internal static class SavedFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Null when a configuration can be saved at this path.</summary>
    public static string? ProblemOf(string path)
    {
        if (Directory.Exists(path))
        {
            return $"--saved must name a file, such as /var/lib/portcullis/configuration; '{path}' is a folder.";
        }

        try
        {
            Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return null;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            return $"--saved must name a file in a folder that exists or can be made, such as /var/lib/portcullis/configuration; '{path}' is in none: {unusable.Message.TrimEnd('.')}.";
        }
    }

    // What is kept in it holds private keys. A folder that is there already keeps the mode its owner gave it.
    private static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }
}
