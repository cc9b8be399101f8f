namespace Portcullis.Operator.Hosting;

/// <summary>The state folder while this process uses it: a second operator in it would push under the same epoch rules and write over files.</summary>
internal sealed class StateFolder : IDisposable
{
    private readonly FileStream held;

    private StateFolder(FileStream held) => this.held = held;

    /// <exception cref="IOException">Another operator uses it, or it cannot be written.</exception>
    public static StateFolder Open(StandaloneOptions options)
    {
        CreateForOwner(options.State);
        CreateForOwner(options.LinkFolder);

        try
        {
            return new StateFolder(new FileStream(Path.Combine(options.State, "in-use"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException taken)
        {
            throw new IOException($"The state folder '{options.State}' is used by another operator, or cannot be written. Stop that one, or name another folder with --state.", taken);
        }
    }

    public void Dispose() => held.Dispose();

    private static void CreateForOwner(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
