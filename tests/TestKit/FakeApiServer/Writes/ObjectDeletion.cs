using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>
/// Deletes objects: at once, or as far as finalizers and a pod's grace allow. What a namespace or a definition holds goes with it, as if the
/// controllers that do it in a cluster were infinitely fast.
/// </summary>
internal sealed class ObjectDeletion(ApiState state, Effects effects)
{
    /// <returns>What the server answers: the object where it stays for a while, otherwise a Status.</returns>
    public JsonObject Delete(ResourceKind kind, ObjectKey key, DeleteOptions options)
    {
        lock (state.Store.Writing)
        {
            var before = state.Store.Now.Find(kind.Storage, key) ?? throw Failures.NotFound(kind, key.Name);
            RefuseUnlessMeant(kind, before, options);

            return options.DryRun ? Success(kind, before) : Delete(kind, before, options);
        }
    }

    private JsonObject Delete(ResourceKind kind, StoredObject before, DeleteOptions options)
    {
        var grace = kind is { Group: "", Kind: "Pod" } && before.Content.Text("spec", "nodeName").Length > 0
            ? options.GracePeriodSeconds ?? before.Content.Number("spec", "terminationGracePeriodSeconds") ?? 30
            : 0;

        if (grace > 0 || before.Content.Items("metadata", "finalizers").Any())
        {
            return kind.FromStorage(Terminate(kind, before, grace).Content);
        }

        if (kind is { Group: "", Kind: "Namespace" } or { Kind: "CustomResourceDefinition" })
        {
            var terminating = Terminate(kind, before, grace: 0);
            effects.BeforeRemoval(kind, terminating);
            state.Store.Remove(kind.Storage, before.Key);
            effects.AfterRemoval(kind, terminating);
            return kind.FromStorage(terminating.Content);
        }

        state.Store.Remove(kind.Storage, before.Key);
        return Success(kind, before);
    }

    /// <summary>Marks it as going. What is going already is not marked again.</summary>
    private StoredObject Terminate(ResourceKind kind, StoredObject before, long grace)
    {
        if (before.Content.At("metadata", "deletionTimestamp") is not null)
        {
            return before;
        }

        var draft = before.Draft();
        var metadata = draft.Open("metadata");
        metadata["deletionTimestamp"] = Times.Written(state.Time.GetUtcNow().AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        if (metadata.Number("generation") is { } generation)
        {
            metadata["generation"] = generation + 1;
        }

        if (kind is { Group: "", Kind: "Namespace" })
        {
            draft.Open("status")["phase"] = "Terminating";
        }

        return state.Store.Put(kind.Storage, before.Key, draft);
    }

    private static void RefuseUnlessMeant(ResourceKind kind, StoredObject before, DeleteOptions options)
    {
        var (uid, version) = (before.Content.Text("metadata", "uid"), before.Content.Text("metadata", "resourceVersion"));

        if (options.Uid.Length > 0 && options.Uid != uid)
        {
            throw Failures.Conflict(
                kind, before.Key.Name, $"the UID in the precondition ({options.Uid}) does not match the UID in record ({uid}). The object might have been deleted and then recreated");
        }

        if (options.ResourceVersion.Length > 0 && options.ResourceVersion != version)
        {
            throw Failures.Conflict(
                kind, before.Key.Name,
                $"the ResourceVersion in the precondition ({options.ResourceVersion}) does not match the ResourceVersion in record ({version}). The object might have been modified");
        }
    }

    private static JsonObject Success(ResourceKind kind, StoredObject gone)
    {
        var details = Failures.Details(kind, gone.Key.Name);
        details["uid"] = gone.Content.Text("metadata", "uid");

        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details };
    }
}
