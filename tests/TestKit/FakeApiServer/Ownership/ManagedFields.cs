using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>Who owns which fields of an object, as <c>metadata.managedFields</c> says it.</summary>
internal sealed record ManagedFields(ImmutableDictionary<FieldManager, FieldSet> Owners, ImmutableDictionary<FieldManager, string> Times)
{
    public static ManagedFields Of(JsonObject owned)
    {
        var entries = owned.Items("metadata", "managedFields").DistinctBy(FieldManager.Of).ToArray();

        return new ManagedFields(
            entries.ToImmutableDictionary(FieldManager.Of, entry => FieldSet.Parse(entry["fieldsV1"] as JsonObject)),
            entries.ToImmutableDictionary(FieldManager.Of, entry => entry.Text("time")));
    }

    public FieldSet Of(FieldManager manager) => Owners.GetValueOrDefault(manager, FieldSet.Empty);

    public IEnumerable<KeyValuePair<FieldManager, FieldSet>> Others(FieldManager manager) => Owners.Where(owner => owner.Key != manager);

    public ManagedFields With(FieldManager manager, FieldSet fields) => this with { Owners = Owners.SetItem(manager, fields) };

    /// <summary>Takes fields away from everybody but one.</summary>
    public ManagedFields TakeFromOthers(FieldManager manager, FieldSet fields) =>
        this with { Owners = Owners.ToImmutableDictionary(owner => owner.Key, owner => owner.Key == manager ? owner.Value : owner.Value.Except(fields)) };

    /// <summary>Writes it into an object. Whoever wrote now and changed something gets the present time.</summary>
    public void WriteTo(JsonObject owned, FieldManager writer, bool changed, string now)
    {
        var entries =
            from owner in Owners
            where !owner.Value.IsEmpty
            let time = owner.Key == writer && changed ? now : Times.GetValueOrDefault(owner.Key, now)
            orderby owner.Key.Operation, time, owner.Key.Name, owner.Key.ApiVersion, owner.Key.Subresource
            select owner.Key.ToJson(owner.Value, time);

        JsonNode[] written = [.. entries];
        var metadata = owned.Open("metadata");
        metadata.Remove("managedFields");
        if (written.Length > 0)
        {
            metadata["managedFields"] = new JsonArray(written);
        }
    }
}
