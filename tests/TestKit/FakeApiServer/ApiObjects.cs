using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Portcullis.Contract;
using Portcullis.Operator.Stores.Manifests.Reading;
using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;
using Portcullis.TestKit.FakeApiServer.Writes;

namespace Portcullis.TestKit.FakeApiServer;

/// <summary>
/// What an <see cref="ApiServer"/> has stored, for tests to arrange and to look at without a request. Kinds are named as in manifests; the namespace of
/// what belongs to the cluster is empty.
/// </summary>
public sealed class ApiObjects
{
    private readonly ApiState state;
    private readonly ObjectWriter writer;
    private readonly ObjectDeletion deletion;

    internal ApiObjects(ApiState state)
    {
        this.state = state;
        writer = new ObjectWriter(state, new Effects(state));
        deletion = new ObjectDeletion(state, new Effects(state));
    }

    /// <summary>The revision of the newest write.</summary>
    public long Revision => state.Store.Now.Revision;

    public void CreateNamespace(string name) => Apply(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name },
    });

    /// <summary>Creates or replaces every object of a manifest, as an administrator would; the status of an object that has one is written too.</summary>
    public void Apply(string manifest)
    {
        foreach (var document in YamlDocuments.Read(manifest).Select(document => document.Root).OfType<JsonObject>())
        {
            Apply(document);
        }
    }

    /// <returns>Null when there is none.</returns>
    public JsonObject? Find(string kind, ResourceKey key) => Find(KindOf(kind), key);

    public ImmutableArray<JsonObject> All(string kind)
    {
        var known = KindOf(kind);

        return [.. state.Store.Now.In(known.Storage).Values.Select(stored => (JsonObject)known.FromStorage(stored.Content).DeepClone())];
    }

    public void Delete(string kind, ResourceKey key) => deletion.Delete(KindOf(kind), new ObjectKey(key.Namespace, key.Name), new DeleteOptions { GracePeriodSeconds = 0 });

    /// <summary>The object as soon as this holds of it; null stands for one that is not there.</summary>
    /// <exception cref="OperationCanceledException">The token ended the wait.</exception>
    public async Task<JsonObject?> ChangedAsync(string kind, ResourceKey key, Func<JsonObject?, bool> reached, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (_, next) = state.Store.Read();
            var now = state.Kinds.Find(kind) is { } known ? Find(known, key) : null;
            if (reached(now))
            {
                return now;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Apply(JsonObject document)
    {
        var kind = state.Kinds.OfObject(document.Text("apiVersion"), document.Text("kind"))
            ?? throw new InvalidOperationException($"{document.Text("apiVersion")} {document.Text("kind")} is not served. Install its definition first.");
        var key = new ObjectKey(kind.Namespaced ? document.Text("metadata", "namespace") is { Length: > 0 } ns ? ns : "default" : "", document.Text("metadata", "name"));
        var existing = state.Store.Now.Find(kind.Storage, key);
        if (existing is null)
        {
            writer.Create(Write(kind, key, document));
        }
        else
        {
            writer.Replace(Write(kind, key, WithVersion(document, kind, key)));
        }

        if (kind.HasStatus && document["status"] is not null)
        {
            writer.Replace(Write(kind, key, WithVersion(document, kind, key)) with { Subresource = "status" });
        }
    }

    private JsonObject WithVersion(JsonObject document, ResourceKind kind, ObjectKey key)
    {
        var current = (JsonObject)document.DeepClone();
        current.Open("metadata").Take("resourceVersion", state.Store.Now.Find(kind.Storage, key)?.Content["metadata"] as JsonObject);
        return current;
    }

    private JsonObject? Find(ResourceKind kind, ResourceKey key) =>
        state.Store.Now.Find(kind.Storage, new ObjectKey(key.Namespace, key.Name)) is { } stored ? (JsonObject)kind.FromStorage(stored.Content).DeepClone() : null;

    private ResourceKind KindOf(string kind) => state.Kinds.Find(kind) ?? throw new InvalidOperationException($"The kind {kind} is not served.");

    private static WriteRequest Write(ResourceKind kind, ObjectKey key, JsonObject document) => new()
    {
        Kind = kind,
        Key = key,
        Body = Encoding.UTF8.GetBytes(document.ToJsonString()),
        Manager = "arrange",
        Validation = FieldValidation.Strict,
    };
}
