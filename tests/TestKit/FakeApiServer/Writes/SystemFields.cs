using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>The fields that belong to the server, whatever a client writes into them.</summary>
internal static class SystemFields
{
    private static readonly string[] Kept =
        ["uid", "creationTimestamp", "generateName", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink"];

    public static void SetNew(JsonObject content, ResourceKind kind, DateTimeOffset now)
    {
        var metadata = content.Open("metadata");
        foreach (var field in new[] { "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields" })
        {
            metadata.Remove(field);
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Times.Written(now);
        if (kind.CountsGenerations)
        {
            metadata["generation"] = 1;
        }

        if (kind.HasStatus)
        {
            content.Remove("status");
        }
    }

    public static void Keep(JsonObject content, JsonObject before, ResourceKind kind, string subresource)
    {
        if (subresource == "status")
        {
            KeepAllButStatus(content, before);
            return;
        }

        var metadata = content.Open("metadata");
        foreach (var field in Kept)
        {
            metadata.Take(field, before["metadata"] as JsonObject);
        }

        if (kind.HasStatus)
        {
            content.Take("status", before);
        }
    }

    /// <summary>Counts a change of what is declared: of everything but metadata and, where it is apart, status.</summary>
    public static void CountGeneration(JsonObject content, JsonObject before, ResourceKind kind)
    {
        if (kind.CountsGenerations && !JsonNode.DeepEquals(Declared(content, kind), Declared(before, kind)))
        {
            content["metadata"]!["generation"] = (before.Number("metadata", "generation") ?? 1) + 1;
        }
    }

    private static void KeepAllButStatus(JsonObject content, JsonObject before)
    {
        foreach (var field in content.Select(field => field.Key).Union(before.Select(field => field.Key)).Where(field => field != "status").ToArray())
        {
            content.Take(field, before);
        }
    }

    private static JsonObject Declared(JsonObject content, ResourceKind kind)
    {
        var declared = (JsonObject)content.DeepClone();
        declared.Remove("metadata");
        if (kind.HasStatus)
        {
            declared.Remove("status");
        }

        return declared;
    }
}
