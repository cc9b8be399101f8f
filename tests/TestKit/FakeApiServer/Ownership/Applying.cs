using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;

namespace Portcullis.TestKit.FakeApiServer.Ownership;

/// <summary>
/// Server-side apply: what is applied is merged into what is there; what the manager applied before and now leaves out is removed, unless
/// somebody else has it; what another manager has with another value is a conflict, unless it is forced.
/// </summary>
internal static class Applying
{
    /// <returns>The merged object with its owners.</returns>
    public static JsonObject Apply(JsonObject? before, JsonObject configuration, ResourceKind kind, string name, FieldManager manager, bool force, string now)
    {
        var live = before ?? [];
        var owners = ManagedFields.Of(live);
        var last = owners.Of(manager);
        var claimed = Tracked.Of(FieldSets.Of(configuration, kind.Shape), kind, manager.Subresource);

        var merged = (JsonObject)Merging.Merge(live, Claimable(configuration, kind, manager.Subresource), kind.Shape)!;
        Prune(merged, kind, last, claimed, owners, manager);

        var compared = Comparison.Of(live, merged, kind.Shape);
        var written = Tracked.Of(compared.Written, kind, manager.Subresource);
        if (!force)
        {
            RefuseConflicts(owners, manager, written, kind, name);
        }

        owners
            .TakeFromOthers(manager, written.Union(Tracked.Of(compared.Removed, kind, manager.Subresource)))
            .With(manager, claimed)
            .WriteTo(merged, manager, changed: !compared.IsSame || !claimed.SameAs(last), now);
        return merged;
    }

    /// <summary>Without what this endpoint does not write; the version and the uid stay, because they are preconditions.</summary>
    private static JsonObject Claimable(JsonObject configuration, ResourceKind kind, string subresource)
    {
        var claimable = (JsonObject)configuration.DeepClone();
        if (subresource == "status")
        {
            foreach (var field in claimable.Select(field => field.Key).Where(field => field is not ("apiVersion" or "kind" or "metadata" or "status")).ToArray())
            {
                claimable.Remove(field);
            }
        }
        else if (kind.HasStatus)
        {
            claimable.Remove("status");
        }

        return claimable;
    }

    private static void Prune(JsonObject merged, ResourceKind kind, FieldSet last, FieldSet claimed, ManagedFields owners, FieldManager manager)
    {
        var needed = owners.Others(manager).Select(owner => owner.Value).Append(claimed).ToArray();

        // Emptied parents go too. The highest first: an item of a list is found by keys that are among its own fields.
        var dropped = last.Paths
            .SelectMany(path => FieldSet.Ancestors(path).Where(ancestor => ancestor.Contains('\n', StringComparison.Ordinal)).Prepend(path))
            .Distinct(StringComparer.Ordinal)
            .Where(path => !needed.Any(fields => fields.Holds(path)))
            .OrderBy(path => path.Length);

        foreach (var path in dropped)
        {
            Merging.Remove(merged, kind.Shape, [.. FieldSet.Elements(path)]);
        }
    }

    private static void RefuseConflicts(ManagedFields owners, FieldManager manager, FieldSet written, ResourceKind kind, string name)
    {
        var conflicts = owners.Others(manager)
            .Select(owner => (Manager: owner.Key, Fields: owner.Value.Intersect(written)))
            .Where(conflict => !conflict.Fields.IsEmpty)
            .OrderBy(conflict => conflict.Manager.Name, StringComparer.Ordinal)
            .ToArray();
        if (conflicts.Length == 0)
        {
            return;
        }

        var causes = conflicts.SelectMany(conflict => conflict.Fields.Paths.Select(path => new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"conflict with {conflict.Manager}",
            ["field"] = FieldSet.Readable(path),
        })).ToArray();
        var details = Failures.Details(kind, name);
        details.Remove("name");
        details.Remove("kind");
        details.Remove("group");
        details["causes"] = new JsonArray([.. causes]);

        var fields = conflicts.Select(conflict => $"conflict with {conflict.Manager}: {string.Join(", ", conflict.Fields.Paths.Select(FieldSet.Readable))}");
        throw new ApiFailureException(409, "Conflict", $"Apply failed with {causes.Length} conflict{(causes.Length == 1 ? "" : "s")}: {string.Join("\n", fields)}")
        {
            Details = details,
        };
    }
}
