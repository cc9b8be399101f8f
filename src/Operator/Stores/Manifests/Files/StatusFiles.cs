using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Conditions;
using Portcullis.Operator.Resources;
using Portcullis.Operator.Stores.Manifests.Reading;

namespace Portcullis.Operator.Stores.Manifests.Files;

/// <summary>The statuses as files: the object's identity and its status, as <c>kubectl get -o yaml</c> shows them.</summary>
internal sealed partial class StatusFiles(string folder, ILogger logger)
{
    private const string Extension = "yaml";

    private static readonly ImmutableArray<string> Kinds = [BackendRoute.KindName, TrustBundle.KindName];

    // Only what we wrote or read ourselves: a status edited by hand is overwritten when it changes next.
    private readonly Dictionary<string, string> written = new(StringComparer.Ordinal);
    private volatile ImmutableSortedDictionary<ObjectIdentity, ResourceStatus> published = ImmutableSortedDictionary<ObjectIdentity, ResourceStatus>.Empty;

    public BackendRouteStatus RouteStatus(ResourceKey key) =>
        published.GetValueOrDefault(new ObjectIdentity(BackendRoute.KindName, key)) is ResourceStatus.OfRoute known ? known.Status : new BackendRouteStatus();

    public TrustBundleStatus BundleStatus(ResourceKey key) =>
        published.GetValueOrDefault(new ObjectIdentity(TrustBundle.KindName, key)) is ResourceStatus.OfBundle known ? known.Status : new TrustBundleStatus();

    /// <summary>Reads back what an earlier operator wrote. What cannot be read is as if it had not been written.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var kind in Kinds)
        {
            AtomicFile.CreateFolder(FolderOf(kind));
            AtomicFile.RemoveLeftBehind(FolderOf(kind));

            foreach (var path in Directory.EnumerateFiles(FolderOf(kind), $"*.{Extension}").Order(StringComparer.Ordinal))
            {
                await LoadAsync(path, kind, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>True when something had to be written.</summary>
    public async Task<bool> PublishAsync(ImmutableArray<ResourceStatus> statuses, CancellationToken cancellationToken)
    {
        var wanted = statuses.ToImmutableSortedDictionary(IdentityOf, status => status);
        var files = wanted.ToDictionary(status => PathOf(status.Key), status => YamlWriter.Write(Document(status.Key, status.Value)), StringComparer.Ordinal);
        var writes = new IndependentWrites();
        var changed = false;

        foreach (var (path, text) in files.Where(file => written.GetValueOrDefault(file.Key) != file.Value))
        {
            AtomicFile.CreateFolder(Path.GetDirectoryName(path)!);
            await writes.TryAsync(
                () => AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(text), AtomicFile.ForEveryone, cancellationToken),
                () => changed |= Remember(path, text)).ConfigureAwait(false);
        }

        foreach (var path in written.Keys.Where(path => !files.ContainsKey(path)).ToList())
        {
            await writes.TryAsync(() => IndependentWrites.Delete(path), () => changed |= written.Remove(path)).ConfigureAwait(false);
        }

        published = wanted;
        writes.ThrowIfAnyFailed(folder);
        return changed;
    }

    private async Task LoadAsync(string path, string kind, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
        written[path] = text;

        if (Parse(text, kind) is { } status)
        {
            published = published.SetItem(IdentityOf(status), status);
        }
        else
        {
            Log.Unreadable(logger, path);
        }
    }

    /// <summary>Null when it is not a status that we wrote.</summary>
    private static ResourceStatus? Parse(string text, string kind)
    {
        try
        {
            var document = YamlDocuments.Read(text) is [{ Root: JsonObject root }] ? root : [];

            return document["metadata"] is JsonObject metadata
                && metadata["namespace"] is JsonValue space && space.TryGetValue<string>(out var ns)
                && metadata["name"] is JsonValue called && called.TryGetValue<string>(out var name)
                && document["status"] is JsonObject status
                ? kind == BackendRoute.KindName
                    ? new ResourceStatus.OfRoute(new ResourceKey(ns, name), status.Deserialize<BackendRouteStatus>(ResourceJson.Lenient)!)
                    : new ResourceStatus.OfBundle(new ResourceKey(ns, name), status.Deserialize<TrustBundleStatus>(ResourceJson.Lenient)!)
                : null;
        }
        catch (Exception notOurs) when (notOurs is ManifestSyntaxException or JsonException)
        {
            return null;
        }
    }

    private bool Remember(string path, string text)
    {
        written[path] = text;
        return true;
    }

    private static ObjectIdentity IdentityOf(ResourceStatus status) =>
        new(status is ResourceStatus.OfRoute ? BackendRoute.KindName : TrustBundle.KindName, status.Key);

    private static JsonObject Document(ObjectIdentity identity, ResourceStatus status) => new()
    {
        ["apiVersion"] = $"{BackendRoute.Group}/{BackendRoute.Version}",
        ["kind"] = identity.Kind,
        ["metadata"] = new JsonObject { ["name"] = identity.Key.Name, ["namespace"] = identity.Key.Namespace },
        ["status"] = status switch
        {
            ResourceStatus.OfRoute route => JsonSerializer.SerializeToNode(route.Status, ResourceJson.Lenient),
            ResourceStatus.OfBundle bundle => JsonSerializer.SerializeToNode(bundle.Status, ResourceJson.Lenient),
            _ => throw new NotSupportedException($"A status of {status.GetType()} has no file."),
        },
    };

    private string FolderOf(string kind) => Path.Combine(folder, kind.ToLowerInvariant());

    private string PathOf(ObjectIdentity identity) => Path.Combine(FolderOf(identity.Kind), ResourceFileName.Of(identity.Key, Extension));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The status in {Path} cannot be read; it is written anew.")]
        public static partial void Unreadable(ILogger logger, string path);
    }
}
