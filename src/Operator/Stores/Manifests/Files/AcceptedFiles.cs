using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Portcullis.Operator.Stores.Manifests.Decoding;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>The accepted manifests on disk: last good survives a restart of the operator. Secrets are among them, hence for the owner alone.</summary>
internal sealed partial class AcceptedFiles(string stateFolder, ILogger logger)
{
    private const string Extension = "json";

    private readonly string folder = Path.Combine(stateFolder, "accepted");
    private ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest> saved = ManifestSet.Nothing;

    /// <summary>Reads what was accepted before, held against today's rules: what they refuse is dropped.</summary>
    public async Task<ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest>> LoadAsync(CancellationToken cancellationToken)
    {
        AtomicFile.CreateFolder(stateFolder, forOwnerOnly: true);
        AtomicFile.CreateFolder(folder, forOwnerOnly: true);
        AtomicFile.RemoveLeftBehind(folder);
        var loaded = ManifestSet.Nothing.ToBuilder();

        var folders = ManifestKind.All.Select(kind => FolderOf(kind.Kind)).Where(Directory.Exists);

        foreach (var path in folders.SelectMany(kind => Directory.EnumerateFiles(kind, $"*.{Extension}")))
        {
            if (Parse(await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)) is { } manifest && path == PathOf(manifest.Identity))
            {
                loaded[manifest.Identity] = manifest;
            }
            else
            {
                Log.Dropped(logger, path);
                File.Delete(path);
            }
        }

        return saved = loaded.ToImmutable();
    }

    /// <summary>Writes only differences.</summary>
    public async Task SaveAsync(ImmutableSortedDictionary<ObjectIdentity, AcceptedManifest> accepted, CancellationToken cancellationToken)
    {
        foreach (var manifest in accepted.Values.Where(manifest => !ReferenceEquals(saved.GetValueOrDefault(manifest.Identity), manifest)))
        {
            AtomicFile.CreateFolder(FolderOf(manifest.Identity.Kind), forOwnerOnly: true);
            await AtomicFile.WriteAsync(PathOf(manifest.Identity), Encoding.UTF8.GetBytes(Text(manifest)), AtomicFile.ForOwner, cancellationToken).ConfigureAwait(false);
            saved = saved.SetItem(manifest.Identity, manifest);
        }

        foreach (var identity in saved.Keys.Where(identity => !accepted.ContainsKey(identity)).ToList())
        {
            File.Delete(PathOf(identity));
            saved = saved.Remove(identity);
        }
    }

    private static string Text(AcceptedManifest manifest) => new JsonObject
    {
        ["file"] = manifest.File,
        ["generation"] = manifest.Generation,
        ["object"] = JsonNode.Parse(manifest.Json),
    }.ToJsonString();

    /// <summary>Null when it cannot be read, or would be refused today.</summary>
    private static AcceptedManifest? Parse(string text)
    {
        try
        {
            return JsonDocuments.Read(text) is [{ Root: JsonObject document }]
                && document["file"] is JsonValue from && from.TryGetValue<string>(out var file)
                && document["generation"] is JsonValue counted && counted.TryGetValue<long>(out var generation)
                && ManifestDecoder.Decode(new ManifestDocument(document["object"]?.DeepClone(), new LineMap())).ToList() is [DocumentReading.Good good]
                ? AcceptedManifest.From(good, file, before: null) with { Generation = generation }
                : null;
        }
        catch (ManifestSyntaxException)
        {
            return null;
        }
    }

    private string FolderOf(string kind) => Path.Combine(folder, kind.ToLowerInvariant());

    private string PathOf(ObjectIdentity identity) => Path.Combine(FolderOf(identity.Kind), ResourceFileName.Of(identity.Key, Extension));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The saved manifest {Path} cannot be read, or would be refused today; it is dropped.")]
        public static partial void Dropped(ILogger logger, string path);
    }
}
