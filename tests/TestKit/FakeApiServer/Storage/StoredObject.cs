using System.Globalization;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Storage;

/// <summary>An object as it was at one revision. Its content is never changed; who wants to change it clones it.</summary>
internal sealed record StoredObject(ObjectKey Key, long Revision, JsonObject Content)
{
    /// <summary>True when something here is a default that is not stored yet: the next write stores it, even one that changes nothing else.</summary>
    public bool IsCompletedOnRead { get; init; }

    public static StoredObject At(long revision, ObjectKey key, JsonObject content)
    {
        content["metadata"]!["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(key, revision, content);
    }

    public JsonObject Draft() => (JsonObject)Content.DeepClone();
}
