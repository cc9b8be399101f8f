using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>What a plain write means for ownership: who writes a field has it, whoever had it before.</summary>
internal static class Updating
{
    /// <summary>Writes the owners into <paramref name="after"/>, which keeps none of its own.</summary>
    public static void Track(JsonObject? before, JsonObject after, ResourceKind kind, FieldManager writer, string now)
    {
        var compared = Comparison.Of(before ?? [], after, kind.Shape);
        var written = Tracked.Of(compared.Written, kind, writer.Subresource);
        var removed = Tracked.Of(compared.Removed, kind, writer.Subresource);

        var owners = ManagedFields.Of(before ?? []);
        var own = owners.Of(writer).Except(removed).Union(written);
        owners
            .TakeFromOthers(writer, written.Union(removed))
            .With(writer, own)
            .WriteTo(after, writer, changed: !written.IsEmpty || !removed.IsEmpty, now);
    }
}
