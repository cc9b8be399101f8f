using System.Text;

namespace Portcullis.Operator.Hosting;

/// <summary>A file with a secret: nobody but its owner may read it, and it is there whole or not at all.</summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="InvalidDataException">Others can read or replace it, so it may no longer be a secret.</exception>
    public static string Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new InvalidDataException($"'{path}' can be read or changed by others. Delete it, and a new one is made; or, if nobody had access, run: chmod 600 '{path}'");
        }

        return File.ReadAllText(path);
    }

    public static void Write(string path, string content)
    {
        var draft = $"{path}.new";

        // A file left over from a crash keeps its mode; only a new one gets ours.
        File.Delete(draft);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };

        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = Mode;
        }

        using (var file = new FileStream(draft, create))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
