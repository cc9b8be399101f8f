using System.Runtime.InteropServices;

namespace Portcullis.Gateway.Tests.Mounts;

/// <summary>A directory as a bundle volume is: removed with the test.</summary>
internal sealed class MountFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("portcullis-mount-").FullName;

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public string Write(string name, byte[] content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Delete(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    /// <summary>As the kubelet does it: a new directory, then the link <c>..data</c> is renamed over the old one; the file's own link never changes.</summary>
    public void Project(string generation, string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, generation));
        File.WriteAllText(System.IO.Path.Combine(Path, generation, name), content);
        File.CreateSymbolicLink(System.IO.Path.Combine(Path, "..data_tmp"), generation);
        Assert.Equal(0, Rename(System.IO.Path.Combine(Path, "..data_tmp"), System.IO.Path.Combine(Path, "..data")));

        if (!File.Exists(System.IO.Path.Combine(Path, name)))
        {
            File.CreateSymbolicLink(System.IO.Path.Combine(Path, name), $"..data/{name}");
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>rename(2): the library follows a link to a directory where the kubelet replaces the link itself.</summary>
    [DllImport("libc", EntryPoint = "rename", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(string from, string to);
}
