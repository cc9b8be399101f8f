namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>What tells cheaply that a file may have changed.</summary>
internal readonly record struct FileStamp(string FullPath, long Length, DateTime ModifiedUtc)
{
    /// <summary>Follows links. Null when there is no such file, or its link leads nowhere.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            return file.Exists ? new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (Exception unreachable) when (unreachable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
