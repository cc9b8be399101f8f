using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>What a write brings about: a definition makes a kind, its end unmakes it, and a namespace takes its contents along.</summary>
internal sealed class Effects(ApiState state)
{
    public void AfterWrite(ResourceKind kind, StoredObject stored, JsonObject? before)
    {
        if (!IsDefinition(kind) || (before is not null && JsonNode.DeepEquals(before["spec"], stored.Content["spec"])))
        {
            return;
        }

        var custom = CustomKinds.Of(stored.Content, stored.Revision);
        if (before is null)
        {
            state.Store.Put(kind.Storage, stored.Key, Established(stored));
        }

        state.Kinds = state.Kinds.With(custom);
        // Watches of the old form end.
        state.Store.Touch();
    }

    public void BeforeRemoval(ResourceKind kind, StoredObject going)
    {
        if (IsDefinition(kind))
        {
            RemoveAll(going.Key.Name, _ => true);
        }
        else
        {
            foreach (var storage in state.Store.Now.Places.Keys)
            {
                RemoveAll(storage, key => key.Namespace == going.Key.Name);
            }
        }
    }

    public void AfterRemoval(ResourceKind kind, StoredObject gone)
    {
        if (IsDefinition(kind))
        {
            state.Kinds = state.Kinds.Without(gone.Key.Name);
            state.Store.Touch();
        }
    }

    private void RemoveAll(string storage, Func<ObjectKey, bool> which)
    {
        foreach (var key in state.Store.Now.In(storage).Keys.Where(which))
        {
            state.Store.Remove(storage, key);
        }
    }

    private JsonObject Established(StoredObject definition)
    {
        var draft = definition.Draft();
        var now = Times.Written(state.Time.GetUtcNow());
        draft["status"] = new JsonObject
        {
            ["acceptedNames"] = draft.At("spec", "names")!.DeepClone(),
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now)),
            ["storedVersions"] = new JsonArray(draft.Items("spec", "versions").First().Text("name")),
        };
        return draft;
    }

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = now,
        ["reason"] = reason,
        ["message"] = message,
    };

    private static bool IsDefinition(ResourceKind kind) => kind.Kind == "CustomResourceDefinition";
}
