using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>JSON merge patch (RFC 7386).</summary>
internal static class MergePatching
{
    public static JsonNode? Patch(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var patched = target is JsonObject fields ? (JsonObject)fields.DeepClone() : [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
            {
                patched.Remove(name);
            }
            else
            {
                patched[name] = Patch(patched[name], change);
            }
        }

        return patched;
    }
}
