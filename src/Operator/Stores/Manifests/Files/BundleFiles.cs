using System.Collections.Immutable;
using System.Text;
using Portcullis.Contract;
using Portcullis.Operator.Translation;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>The published bundles as files, where gateways mount them.</summary>
internal sealed class BundleFiles(string folder)
{
    private const string Extension = "pem";

    private volatile ImmutableSortedDictionary<ResourceKey, string> published = ImmutableSortedDictionary<ResourceKey, string>.Empty;

    /// <summary>As it stands on disk.</summary>
    public ImmutableSortedDictionary<ResourceKey, string> Published => published;

    /// <summary>Reads back what an earlier operator published: last good is in it (P3).</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        AtomicFile.CreateFolder(folder);
        AtomicFile.RemoveLeftBehind(folder);
        published = await ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True when something had to be written. Compares with the disk, so that a file that somebody removed comes back.</summary>
    public async Task<bool> PublishAsync(ImmutableArray<CompiledBundle> bundles, CancellationToken cancellationToken)
    {
        AtomicFile.CreateFolder(folder);
        var before = await ReadAsync(cancellationToken).ConfigureAwait(false);
        var wanted = bundles.ToImmutableSortedDictionary(bundle => bundle.Key, bundle => bundle.Pem);
        var writes = new IndependentWrites();
        var after = before.ToBuilder();

        // Additions first: a reader in between sees more than it may use, never less than it needs (P2).
        foreach (var (key, pem) in wanted.Where(bundle => before.GetValueOrDefault(bundle.Key) != bundle.Value))
        {
            await writes.TryAsync(
                () => AtomicFile.WriteAsync(PathOf(key), Encoding.UTF8.GetBytes(pem), AtomicFile.ForEveryone, cancellationToken),
                () => after[key] = pem).ConfigureAwait(false);
        }

        foreach (var key in before.Keys.Where(key => !wanted.ContainsKey(key)))
        {
            await writes.TryAsync(() => IndependentWrites.Delete(PathOf(key)), () => after.Remove(key)).ConfigureAwait(false);
        }

        var changed = !Same(published, after);
        published = after.ToImmutable();
        writes.ThrowIfAnyFailed(folder);

        return changed;
    }

    private async Task<ImmutableSortedDictionary<ResourceKey, string>> ReadAsync(CancellationToken cancellationToken)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<ResourceKey, string>();

        foreach (var path in Directory.EnumerateFiles(folder, $"*.{Extension}"))
        {
            if (ResourceFileName.TryRead(Path.GetFileName(path), Extension) is { } key)
            {
                found[key] = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
            }
        }

        return found.ToImmutable();
    }

    private static bool Same(ImmutableSortedDictionary<ResourceKey, string> left, ImmutableSortedDictionary<ResourceKey, string>.Builder right) =>
        left.Count == right.Count && left.All(bundle => right.TryGetValue(bundle.Key, out var pem) && pem == bundle.Value);

    private string PathOf(ResourceKey key) => Path.Combine(folder, ResourceFileName.Of(key, Extension));
}
