namespace Portcullis.Demo;

/// <summary>Where the demo puts its files: made empty at each start, readable for who wants to look.</summary>
internal sealed class DemoFolder
{
    private DemoFolder(string path) => Path = path;

    public string Path { get; }

    public string Manifests => System.IO.Path.Combine(Path, "manifests");

    public string State => System.IO.Path.Combine(Path, "state");

    public string Saved => System.IO.Path.Combine(Path, "gateway", "configuration");

    /// <summary>The root that vouches for the gateway's front, for curl.</summary>
    public string RootFile => System.IO.Path.Combine(Path, "root.pem");

    public static DemoFolder Create(string path)
    {
        var folder = new DemoFolder(System.IO.Path.GetFullPath(path));
        if (Directory.Exists(folder.Path))
        {
            Directory.Delete(folder.Path, recursive: true);
        }

        Directory.CreateDirectory(folder.Manifests);
        Directory.CreateDirectory(folder.State);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(folder.Saved)!);

        return folder;
    }

    /// <summary>Writes a manifest in one step, so that nobody reads half of it. Returns whether anything changed.</summary>
    public bool WriteManifest(string name, string content)
    {
        var path = System.IO.Path.Combine(Manifests, name);
        if (File.Exists(path) && File.ReadAllText(path) == content)
        {
            return false;
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var draft = path + ".draft~";
        File.WriteAllText(draft, content);
        if (!OperatingSystem.IsWindows())
        {
            // There are Secrets among them.
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Move(draft, path, overwrite: true);

        return true;
    }
}
