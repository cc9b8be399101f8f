namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>Writes of which one that fails does not hold up the others (P6).</summary>
internal sealed class IndependentWrites
{
    private readonly List<Exception> failures = [];

    public static Task Delete(string path)
    {
        File.Delete(path);
        return Task.CompletedTask;
    }

    public async Task TryAsync(Func<Task> write, Action succeeded)
    {
        try
        {
            await write().ConfigureAwait(false);
            succeeded();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            failures.Add(failed);
        }
    }

    /// <exception cref="IOException">At least one failed; whoever published tries all of it again.</exception>
    public void ThrowIfAnyFailed(string folder)
    {
        if (failures.Count > 0)
        {
            throw new IOException($"{failures.Count} files in '{folder}' could not be written: {failures[0].Message} Check space and permissions.", failures[0]);
        }
    }
}
