namespace Portcullis.TestKit.Processes;

/// <summary>A folder of one test, gone with it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("portcullis-").FullName;

    public string this[params ReadOnlySpan<string> parts] => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a file, its folders included, in one step as a mount would show it.</summary>
    public string Write(string relativePath, string content)
    {
        var path = this[relativePath];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var draft = path + ".draft~";
        File.WriteAllText(draft, content);
        File.Move(draft, path, overwrite: true);

        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
