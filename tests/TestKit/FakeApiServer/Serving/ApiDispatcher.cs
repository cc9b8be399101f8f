using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Portcullis.TestKit.FakeApiServer.Access;
using Portcullis.TestKit.FakeApiServer.Answers;
using Portcullis.TestKit.FakeApiServer.Kinds;
using Portcullis.TestKit.FakeApiServer.Reads;
using Portcullis.TestKit.FakeApiServer.Storage;
using Portcullis.TestKit.FakeApiServer.Writes;

namespace Portcullis.TestKit.FakeApiServer.Serving;

/// <summary>Takes a request to what it is about: who asks, may they, which kind, which operation.</summary>
internal sealed class ApiDispatcher(ApiState state, ReadView view, WatchFaults watchFaults, Tokens tokens)
{
    private readonly RoleAuthorizer authorizer = new(state);
    private readonly ObjectReader reader = new(state, view);
    private readonly ObjectWriter writer = new(state, new Effects(state));
    private readonly ObjectDeletion deletion = new(state, new Effects(state));
    private readonly TokenEndpoints tokenEndpoints = new(state, tokens);

    /// <summary>The answer, which a failure can be too; null when it was sent already, as that of a watch is.</summary>
    public async Task<ApiAnswer?> AnswerAsync(ApiCall call)
    {
        if (!call.Target.IsResource)
        {
            authorizer.RefuseUnlessAllowed(call.User, new Attributes { Verb = call.Request.Verb, Path = call.Request.Path });
            return Discovery.Answer(call, state);
        }

        authorizer.RefuseUnlessAllowed(call.User, AttributesOf(call, call.Request.Verb));
        if (KindOf(call.Target) is not { } kind)
        {
            return ApiAnswer.PageNotFound;
        }

        RefuseUnacceptable(call);
        if (!call.Request.IsWatch)
        {
            return Operate(call, kind);
        }

        var options = ReadOptions.Parse(call.Context.Request.Query, kind);
        call.Request.Status = HttpStatusCode.OK;
        await new WatchStream(state, view, watchFaults, kind, call.Target.Namespace, options, call.Context.Response).RunAsync(call.Context.RequestAborted).ConfigureAwait(false);
        return null;
    }

    public ApiUser Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return ApiUser.Anonymous;
        }

        return header.StartsWith("Bearer ", StringComparison.Ordinal) && tokens.Judge(header["Bearer ".Length..], []).User is { } user
            ? user
            : throw Failures.Unauthorized();
    }

    public static string VerbOf(HttpRequest request, RequestTarget target)
    {
        if (!target.IsResource)
        {
            return request.Method.ToLowerInvariant();
        }

        return request.Method switch
        {
            "GET" or "HEAD" when target.Name.Length > 0 => "get",
            "GET" or "HEAD" => request.Query["watch"].ToString() is "true" or "1" ? "watch" : "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => target.Name.Length > 0 ? "delete" : "deletecollection",
            _ => request.Method.ToLowerInvariant(),
        };
    }

    private static Attributes AttributesOf(ApiCall call, string verb)
    {
        // A list of one name counts as being about that name.
        var fields = call.Target.Name.Length == 0 && verb is "list" or "watch" or "deletecollection" ? Requirement.ParseAll(call.Query("fieldSelector")) : [];

        return new Attributes
        {
            Verb = verb,
            Group = call.Target.Group,
            Resource = call.Request.Resource,
            Namespace = call.Target is { Group: "", Plural: "namespaces" } ? call.Target.Name : call.Target.Namespace,
            Name = call.Target.Name.Length > 0 ? call.Target.Name : new Selector([], fields).Name ?? "",
            Path = call.Request.Path,
        };
    }

    private ResourceKind? KindOf(RequestTarget target)
    {
        if (BuiltInKinds.UnservedGroups.Contains(target.Group) || (target.Group.Length == 0 && BuiltInKinds.UnservedCore.Contains(target.Plural)) || target.Plural == "watch")
        {
            throw Failures.NotImplemented($"the resource '{target.Plural}' of group '{target.Group}'");
        }

        var kind = state.Kinds.Find(target.Group, target.Version, target.Plural);
        var isWhole = target is { Namespace: "", Name: "", Subresource: "" };
        return kind is not null && (kind.Namespaced == (target.Namespace.Length > 0) || isWhole) ? kind : null;
    }

    private ApiAnswer Operate(ApiCall call, ResourceKind kind) => (call.Request.Verb, call.Target.Subresource) switch
    {
        ("create", "") when kind.Kind == "TokenReview" => ApiAnswer.Of(201, tokenEndpoints.Review(Decoding.Decode(WriteOf(call, kind)).Content)),
        ("create", "token") when kind.Kind == "ServiceAccount" => ApiAnswer.Of(201, tokenEndpoints.Request(KeyOf(call), call.Body)),
        _ when kind.IsVirtual => throw Failures.MethodNotAllowed(),
        (_, not ("" or "status")) => throw Failures.NotImplemented($"the subresource '{call.Request.Resource}'"),
        (_, "status") when !kind.HasStatus => throw Failures.NoSuchResource(),
        ("get", _) => ApiAnswer.Of(200, reader.Get(kind, KeyOf(call), call.Query("resourceVersion"))),
        ("list", _) => ApiAnswer.Of(200, reader.List(kind, call.Target.Namespace, ReadOptions.Parse(call.Context.Request.Query, kind))),
        ("create", "") when call.Target.Name.Length == 0 && kind.Namespaced == (call.Target.Namespace.Length > 0) => Written(writer.Create(WriteOf(call, kind))),
        ("update" or "patch", _) when call.Target.Name.Length == 0 => throw Failures.MethodNotAllowed(),
        ("update", _) => Written(writer.Replace(WriteOf(call, kind))),
        ("patch", _) => Written(Patch(call, kind)),
        ("delete", "") => ApiAnswer.Of(200, deletion.Delete(kind, KeyOf(call), DeleteOptionsOf(call))),
        ("deletecollection", "") => ApiAnswer.Of(200, DeleteAll(call, kind)),
        _ => throw Failures.MethodNotAllowed(),
    };

    private WriteResult Patch(ApiCall call, ResourceKind kind)
    {
        var request = WriteOf(call, kind);
        var isApply = call.ContentType == "application/apply-patch+yaml";
        if (isApply && call.Query("fieldManager").Length == 0)
        {
            throw Failures.InvalidOptions("PatchOptions", FieldFault.Required("fieldManager", "is required for apply patch"));
        }

        if (!isApply && request.Force)
        {
            throw Failures.InvalidOptions("PatchOptions", FieldFault.Forbidden("force", "may not be specified for non-apply patch"));
        }

        return call.ContentType switch
        {
            "application/apply-patch+yaml" => writer.Apply(request),
            "application/merge-patch+json" => writer.MergePatch(request),
            "application/json-patch+json" => throw Failures.NotImplemented("JSON patches"),
            "application/strategic-merge-patch+json" when kind.IsBuiltIn => throw Failures.NotImplemented("strategic merge patches"),
            _ => throw Failures.UnsupportedMediaType("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"),
        };
    }

    private JsonObject DeleteAll(ApiCall call, ResourceKind kind)
    {
        var options = DeleteOptionsOf(call);
        var list = reader.List(kind, call.Target.Namespace, ReadOptions.Parse(call.Context.Request.Query, kind));
        foreach (var item in list.Items("items"))
        {
            deletion.Delete(kind, new ObjectKey(item.Text("metadata", "namespace"), item.Text("metadata", "name")), options);
        }

        return list;
    }

    private WriteRequest WriteOf(ApiCall call, ResourceKind kind)
    {
        if (kind.Group == "rbac.authorization.k8s.io" && !call.User.IsMaster)
        {
            throw Failures.NotImplemented("whether somebody who is no administrator may grant what a role grants");
        }

        return new WriteRequest
        {
            Kind = kind,
            Key = KeyOf(call),
            Subresource = call.Target.Subresource,
            Body = call.Body,
            Manager = call.Manager,
            DryRun = DryRun(call),
            Force = call.Query("force") == "true",
            Validation = call.Query("fieldValidation") switch
            {
                "" or "Warn" => FieldValidation.Warn,
                "Strict" => FieldValidation.Strict,
                "Ignore" => FieldValidation.Ignore,
                var other => throw Failures.InvalidOptions("CreateOptions", FieldFault.Unsupported("fieldValidation", other, "", "Ignore", "Strict", "Warn")),
            },
            RefuseCreation = () => authorizer.RefuseUnlessAllowed(call.User, AttributesOf(call, "create")),
        };
    }

    private static bool DryRun(ApiCall call) => call.Query("dryRun") switch
    {
        "" => false,
        "All" => true,
        var other => throw Failures.InvalidOptions("CreateOptions", FieldFault.Unsupported("dryRun", other, "All")),
    };

    private static DeleteOptions DeleteOptionsOf(ApiCall call) =>
        DeleteOptions.Read(call.Body, call.Query("gracePeriodSeconds"), call.Query("propagationPolicy"), DryRun(call));

    private static ObjectKey KeyOf(ApiCall call) => new(call.Target.Namespace, call.Target.Name);

    private static ApiAnswer Written(WriteResult result) => ApiAnswer.Of(result.Created ? 201 : 200, result.Content) with { Warnings = result.Warnings };

    private static void RefuseUnacceptable(ApiCall call)
    {
        var accepted = call.Context.Request.Headers.Accept.ToString();
        if (accepted.Length > 0 && !accepted.Split(',').Select(range => range.Trim()).Any(IsPlain))
        {
            throw Failures.NotAcceptable();
        }

        // A Table, or metadata alone, is another form of the same object that is not served.
        static bool IsPlain(string range) =>
            range.Split(';')[0] is "*/*" or "application/*" or "application/json" && !range.Contains("as=", StringComparison.Ordinal);
    }
}
