using System.Collections.Immutable;

namespace Portcullis.Demo.Dev;

/// <summary>
/// Shows a folder of samples to the operator with this run's certificates in the place of the published ones, whose keys nobody has. What is
/// edited, added or removed there shows here at once.
/// </summary>
internal sealed class SampleFolder(string source, DemoFolder target, SampleValues values)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private ImmutableSortedSet<string> shown = [];

    /// <summary>The names of the files that changed, were added or are gone.</summary>
    public ImmutableArray<string> Mirror()
    {
        var names = Directory.EnumerateFiles(source, "*.y*ml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(source, path)).ToImmutableSortedSet();
        var gone = shown.Except(names);
        foreach (var name in gone)
        {
            File.Delete(Path.Combine(target.Manifests, name));
        }

        shown = names;

        return [.. names.Where(Show), .. gone];
    }

    public async Task KeepAsync(Action<string> changed, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var name in Mirror())
            {
                changed(name);
            }
        }
    }

    private bool Show(string name)
    {
        try
        {
            return target.WriteManifest(name, values.InPlaceOfPublished(File.ReadAllText(Path.Combine(source, name))));
        }
        catch (IOException)
        {
            // An editor is just replacing it; the next look will see it.
            return false;
        }
    }
}
