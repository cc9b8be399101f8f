using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Ownership;
using Portcullis.TestKit.FakeApiServer.Storage;

namespace Portcullis.TestKit.FakeApiServer.Writes;

/// <summary>Makes, replaces and patches objects. Each call reads, checks and commits as one step.</summary>
internal sealed class ObjectWriter(ApiState state, Effects effects)
{
    public WriteResult Create(WriteRequest request)
    {
        var (content, warnings) = Decoding.Decode(request);

        lock (state.Store.Writing)
        {
            return CreateFrom(content, request, FieldManager.Update) with { Warnings = warnings };
        }
    }

    public WriteResult Replace(WriteRequest request)
    {
        var (content, warnings) = Decoding.Decode(request);
        ObjectNames.Settle(content, request);

        lock (state.Store.Writing)
        {
            var result = Find(request) is { } before ? ReplaceWith(content, before, request) : CreateInstead(content, request);
            return result with { Warnings = warnings };
        }
    }

    /// <summary>RFC 7386.</summary>
    public WriteResult MergePatch(WriteRequest request)
    {
        var patch = JsonBody.Read(request.Body);

        lock (state.Store.Writing)
        {
            var before = Find(request) ?? throw Failures.NotFound(request.Kind, request.Key.Name);
            var content = (JsonObject)MergePatching.Patch(before, patch.Content)!;
            Decoding.CheckType(content, request);
            string[] problems =
            [
                .. patch.Duplicates.Select(field => $"duplicate field \"{field}\""),
                .. ShapeFitting.Fit(content, request.Kind).Select(field => $"unknown field \"{field}\""),
            ];
            if (problems.Length > 0 && request.Validation == FieldValidation.Strict)
            {
                throw Failures.Invalid(request.Kind, request.Key.Name, [FieldFault.Invalid("patch", patch.Content.ToJsonString(), $"strict decoding error: {string.Join(", ", problems)}")]);
            }

            ObjectNames.Settle(content, request);
            return Commit(content, before, request, Track(before, request)) with { Warnings = request.Validation == FieldValidation.Warn ? [.. problems] : [] };
        }
    }

    public WriteResult Apply(WriteRequest request)
    {
        var (configuration, warnings) = DecodeApplied(request);

        lock (state.Store.Writing)
        {
            if (Find(request) is not { } before)
            {
                return CreateApplied(configuration, request) with { Warnings = warnings };
            }

            var merged = Applying.Apply(before, configuration, request.Kind, request.Key.Name, Writer(request, FieldManager.Apply), request.Force, Now());
            return Commit(merged, before, request, track: null) with { Warnings = warnings };
        }
    }

    private static (JsonObject Configuration, ImmutableArray<string> Warnings) DecodeApplied(WriteRequest request)
    {
        var body = JsonBody.Read(request.Body);
        if (body.Content.At("metadata", "managedFields") is not null)
        {
            throw Failures.BadRequest("metadata.managedFields must be nil");
        }

        Decoding.CheckType(body.Content, request);
        if (ShapeFitting.Fit(body.Content, request.Kind) is { Count: > 0 } unknown)
        {
            throw new ApiFailureException(500, "", $"failed to create typed patch object ({request.Key}; {request.Kind.ApiVersion}, Kind={request.Kind.Kind}): .{unknown[0]}: field not declared in schema");
        }

        if (body.Duplicates is { Count: > 0 } duplicates && request.Validation == FieldValidation.Strict)
        {
            throw Failures.BadRequest($"error decoding YAML: strict decoding error: key \"{duplicates[0]}\" already set in map");
        }

        ObjectNames.Settle(body.Content, request);
        return (body.Content, request.Validation == FieldValidation.Warn ? [.. body.Duplicates.Select(field => $"duplicate field \"{field}\"")] : []);
    }

    private WriteResult CreateApplied(JsonObject configuration, WriteRequest request)
    {
        if (request.Subresource.Length > 0)
        {
            throw Failures.NotFound(request.Kind, request.Key.Name);
        }

        if (configuration.Text("metadata", "uid") is { Length: > 0 } uid)
        {
            throw Failures.Conflict(request.Kind, request.Key.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
        }

        request.RefuseCreation();
        return CreateFrom(configuration, request, FieldManager.Apply);
    }

    private WriteResult CreateInstead(JsonObject content, WriteRequest request)
    {
        if (!request.Kind.AllowsCreateOnUpdate || request.Subresource.Length > 0)
        {
            throw Failures.NotFound(request.Kind, request.Key.Name);
        }

        if (content.Text("metadata", "uid") is { Length: > 0 } uid)
        {
            throw Failures.Conflict(request.Kind, request.Key.Name, Preconditions.StorageUid(uid, ""));
        }

        request.RefuseCreation();
        content.Open("metadata").Remove("resourceVersion");
        return CreateFrom(content, request, FieldManager.Update);
    }

    private WriteResult CreateFrom(JsonObject content, WriteRequest request, string operation)
    {
        var kind = request.Kind;
        if (content.Text("metadata", "resourceVersion").Length > 0)
        {
            throw new ApiFailureException(500, "", "resourceVersion should not be set on objects to be created");
        }

        if (kind.Namespaced && !state.NamespaceExists(request.Key.Namespace))
        {
            throw Failures.NotFound(state.Kinds.Find("", "v1", "namespaces")!, request.Key.Namespace);
        }

        var key = ObjectNames.SettleNew(content, request);
        if (state.Store.Now.Find(kind.Storage, key) is not null)
        {
            throw Failures.AlreadyExists(kind, key.Name);
        }

        SystemFields.SetNew(content, kind, state.Time.GetUtcNow());
        if (operation == FieldManager.Apply)
        {
            content = Applying.Apply(before: null, content, kind, key.Name, Writer(request, operation), force: false, Now());
        }

        var hadStatus = content.ContainsKey("status");
        Complete(content, before: null, request);
        if (operation == FieldManager.Update)
        {
            Updating.Track(before: null, content, kind, Writer(request, operation), Now());
        }

        if (request.DryRun)
        {
            return new WriteResult(content, Created: true);
        }

        // The defaults of a custom resource's status are not stored with a new object, only read.
        var stored = state.Store.Put(kind.Storage, key, kind.ToStorage(content), isCompletedOnRead: !kind.IsBuiltIn && !hadStatus && content.ContainsKey("status"));
        effects.AfterWrite(kind, stored, before: null);
        return new WriteResult(kind.FromStorage(stored.Content), Created: true);
    }

    private WriteResult ReplaceWith(JsonObject content, JsonObject before, WriteRequest request)
    {
        var uid = content.Text("metadata", "uid");
        if (uid.Length > 0 && uid != before.Text("metadata", "uid"))
        {
            throw Failures.Conflict(request.Kind, request.Key.Name, Preconditions.StorageUid(uid, before.Text("metadata", "uid")));
        }

        if (content.Text("metadata", "resourceVersion").Length == 0)
        {
            if (!request.Kind.AllowsUnconditionalUpdate)
            {
                throw Failures.Invalid(request.Kind, request.Key.Name, [FieldFault.Invalid("metadata.resourceVersion", "0x0", "must be specified for an update")]);
            }

            content["metadata"]!["resourceVersion"] = before.Text("metadata", "resourceVersion");
        }

        content["metadata"]!.AsObject().Take("managedFields", before["metadata"] as JsonObject);
        return Commit(content, before, request, Track(before, request));
    }

    private Action<JsonObject> Track(JsonObject before, WriteRequest request) =>
        content => Updating.Track(before, content, request.Kind, Writer(request, FieldManager.Update), Now());

    private WriteResult Commit(JsonObject content, JsonObject before, WriteRequest request, Action<JsonObject>? track)
    {
        var kind = request.Kind;
        if (content.Text("metadata", "resourceVersion") != before.Text("metadata", "resourceVersion"))
        {
            throw Failures.Modified(kind, request.Key.Name);
        }

        // Through /status a custom resource keeps all its metadata: what is written there is not even looked at.
        var isLookedAt = kind.IsBuiltIn || request.Subresource.Length == 0;
        if (isLookedAt && content.Text("metadata", "uid") is { Length: > 0 } uid && uid != before.Text("metadata", "uid"))
        {
            throw Failures.Invalid(kind, request.Key.Name, [FieldFault.Invalid("metadata.uid", $"\"{uid}\"", "field is immutable")]);
        }

        var written = new JsonObject();
        written.Take("managedFields", content["metadata"] as JsonObject);
        SystemFields.Keep(content, before, kind, request.Subresource);
        content.Open("metadata").Take("managedFields", written);
        Complete(content, before, request);
        track?.Invoke(content);
        SystemFields.CountGeneration(content, before, kind);
        content["metadata"]!["resourceVersion"] = before.Text("metadata", "resourceVersion");

        // What changes nothing is no write: watchers hear nothing of it.
        if (request.DryRun || (JsonNode.DeepEquals(content, before) && !state.Store.Now.Find(kind.Storage, request.Key)!.IsCompletedOnRead))
        {
            return new WriteResult(content, Created: false);
        }

        return new WriteResult(Store(content, before, request), Created: false);
    }

    private JsonObject Store(JsonObject content, JsonObject before, WriteRequest request)
    {
        var kind = request.Kind;
        if (IsReleased(content, before))
        {
            state.Store.Remove(kind.Storage, request.Key);
            return content;
        }

        var stored = state.Store.Put(kind.Storage, request.Key, kind.ToStorage(content));
        effects.AfterWrite(kind, stored, before);
        return kind.FromStorage(stored.Content);
    }

    /// <summary>True when this write takes away the last finalizer of an object that waits to be deleted.</summary>
    private static bool IsReleased(JsonObject content, JsonObject before) =>
        before.At("metadata", "deletionTimestamp") is not null
        && before.Number("metadata", "deletionGracePeriodSeconds") is null or 0
        && !content.Items("metadata", "finalizers").Any();

    private static void Complete(JsonObject content, JsonObject? before, WriteRequest request)
    {
        request.Kind.Complete(content);
        FieldFault[] faults = [.. Preconditions.OfMetadata(content), .. request.Kind.Check(content, before)];
        if (faults.Length > 0)
        {
            throw Failures.Invalid(request.Kind, content.Text("metadata", "name"), faults);
        }
    }

    private JsonObject? Find(WriteRequest request) =>
        state.Store.Now.Find(request.Kind.Storage, request.Key) is { } stored ? request.Kind.FromStorage(stored.Draft()) : null;

    private static FieldManager Writer(WriteRequest request, string operation) => new(request.Manager, operation, request.Kind.ApiVersion, request.Subresource);

    private string Now() => Times.Written(state.Time.GetUtcNow());
}
