using System.Net;
using System.Text.Json.Nodes;
using Portcullis.Cluster.Tests.Behaviour.Kit;

namespace Portcullis.Cluster.Tests.Behaviour;

/// <summary>POST, PUT, merge patch and DELETE: who is based on an old version loses.</summary>
public sealed class WritingTests(BehaviourCluster cluster)
{
    private readonly ApiClient api = cluster.Api;

    [Fact]
    public async Task A_new_object_gets_what_only_the_server_gives()
    {
        var path = await PathAsync("configmaps");

        var made = await api.CreateAsync(path, Objects.ConfigMap("a").With(map =>
        {
            map["metadata"]!["uid"] = "mine";
            map["metadata"]!["creationTimestamp"] = "2001-01-01T00:00:00Z";
        }));

        Assert.Equal(HttpStatusCode.Created, made.Code);
        Assert.True(Guid.TryParse(made.Good.Uid(), out _));
        Assert.True(long.Parse(made.Good.Version()) > 0);
        Assert.Matches(@"^20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$", made.Good.Text("metadata", "creationTimestamp"));
        Assert.Equal("behaviour", made.Good.Items("metadata", "managedFields")[0].Text("manager"));
        Assert.Equal("Update", made.Good.Items("metadata", "managedFields")[0].Text("operation"));
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        var path = await PathAsync("configmaps");
        await api.CreateAsync(path, Objects.ConfigMap("a"));

        var refused = (await api.CreateAsync(path, Objects.ConfigMap("a"))).Refused(HttpStatusCode.Conflict, "AlreadyExists");

        Assert.Equal("configmaps \"a\" already exists", refused.Message);
    }

    [Fact]
    public async Task A_name_can_be_generated_and_must_be_good()
    {
        var path = await PathAsync("configmaps");

        var made = (await api.CreateAsync(path, Json.Parse("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}}"""))).Good;

        Assert.Matches("^a-[a-z0-9]{5}$", made.Name());
        (await api.CreateAsync(path, Objects.ConfigMap("Not Good"))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
        (await api.CreateAsync(path, Json.Parse("""{"apiVersion": "v1", "kind": "ConfigMap"}"""))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
    }

    [Fact]
    public async Task What_is_made_has_no_version_yet()
    {
        var path = await PathAsync("configmaps");

        var refused = await api.CreateAsync(path, Objects.ConfigMap("a").With(map => map["metadata"]!["resourceVersion"] = "5"));

        Assert.Equal(HttpStatusCode.InternalServerError, refused.Code);
        Assert.Equal("", refused.Reason);
    }

    [Fact]
    public async Task Nothing_is_made_where_there_is_no_namespace()
    {
        var refused = (await api.CreateAsync("/api/v1/namespaces/absent/configmaps", Objects.ConfigMap("a"))).Refused(HttpStatusCode.NotFound, "NotFound");

        Assert.Equal("namespaces \"absent\" not found", refused.Message);
    }

    [Fact]
    public async Task Body_and_address_must_agree()
    {
        var path = await PathAsync("configmaps");
        await api.CreateAsync(path, Objects.ConfigMap("a"));

        (await api.ReplaceAsync($"{path}/a", Objects.ConfigMap("b"))).Refused(HttpStatusCode.BadRequest, "BadRequest");
        (await api.CreateAsync(path, Objects.ConfigMap("c").With(map => map["metadata"]!["namespace"] = "elsewhere"))).Refused(HttpStatusCode.BadRequest, "BadRequest");
        (await api.CreateAsync(path, Objects.Secret("c"))).Refused(HttpStatusCode.BadRequest, "BadRequest");
    }

    [Fact]
    public async Task An_update_based_on_an_old_version_conflicts()
    {
        var path = await PathAsync("configmaps");
        var old = (await api.CreateAsync(path, Objects.ConfigMap("a"))).Good;
        var changed = (await api.ReplaceAsync($"{path}/a", old.With(map => map["data"]!["key"] = "2"))).Good;

        var refused = (await api.ReplaceAsync($"{path}/a", old.With(map => map["data"]!["key"] = "3"))).Refused(HttpStatusCode.Conflict, "Conflict");

        Assert.NotEqual(old.Version(), changed.Version());
        Assert.Contains("the object has been modified", refused.Message, StringComparison.Ordinal);
        Assert.Equal("2", (await api.GetAsync($"{path}/a")).Good.Text("data", "key"));
    }

    [Fact]
    public async Task A_patch_based_on_an_old_version_conflicts()
    {
        var path = await PathAsync("configmaps");
        var old = (await api.CreateAsync(path, Objects.ConfigMap("a"))).Good;
        await api.MergeAsync($"{path}/a", Json.Parse("""{"data": {"key": "2"}}"""));

        (await api.MergeAsync($"{path}/a", Json.Parse($$$"""{"metadata": {"resourceVersion": "{{{old.Version()}}}"}, "data": {"key": "3"}}""")))
            .Refused(HttpStatusCode.Conflict, "Conflict");
    }

    [Fact]
    public async Task An_update_of_another_uid_conflicts()
    {
        var path = await PathAsync("configmaps");
        var first = (await api.CreateAsync(path, Objects.ConfigMap("a"))).Good;
        await api.DeleteAsync($"{path}/a");
        await api.CreateAsync(path, Objects.ConfigMap("a"));

        (await api.ReplaceAsync($"{path}/a", first.With(map => map["metadata"]!.AsObject().Remove("resourceVersion")))).Refused(HttpStatusCode.Conflict, "Conflict");
    }

    [Fact]
    public async Task Some_kinds_may_be_replaced_without_a_version_and_some_not()
    {
        var ns = await cluster.NamespaceAsync();
        var (maps, bundles) = ($"/api/v1/namespaces/{ns}/configmaps", $"/apis/{cluster.Group}/v1alpha1/namespaces/{ns}/trustbundles");
        await api.CreateAsync(maps, Objects.ConfigMap("a"));
        await api.CreateAsync(bundles, Objects.TrustBundle(cluster.Group, "a"));

        Assert.Equal("2", (await api.ReplaceAsync($"{maps}/a", Objects.ConfigMap("a", "2"))).Good.Text("data", "key"));
        (await api.ReplaceAsync($"{bundles}/a", Objects.TrustBundle(cluster.Group, "a"))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
        (await api.ReplaceAsync($"{maps}/absent", Objects.ConfigMap("absent"))).Refused(HttpStatusCode.NotFound, "NotFound");
    }

    [Fact]
    public async Task A_dry_run_answers_and_changes_nothing()
    {
        var path = await PathAsync("configmaps");
        await api.CreateAsync(path, Objects.ConfigMap("a"));

        var made = await api.CreateAsync($"{path}?dryRun=All", Objects.ConfigMap("b"));
        var patched = await api.MergeAsync($"{path}/a?dryRun=All", Json.Parse("""{"data": {"key": "2"}}"""));
        var deleted = await api.DeleteAsync($"{path}/a?dryRun=All");

        Assert.Equal(HttpStatusCode.Created, made.Code);
        Assert.Equal("2", patched.Good.Text("data", "key"));
        Assert.Equal("Success", deleted.Good.Text("status"));
        (await api.GetAsync($"{path}/b")).Refused(HttpStatusCode.NotFound, "NotFound");
        Assert.Equal("1", (await api.GetAsync($"{path}/a")).Good.Text("data", "key"));
    }

    [Fact]
    public async Task Unknown_and_doubled_fields_are_dropped_with_a_warning_or_refused_where_that_is_asked()
    {
        var path = await PathAsync("configmaps");
        var odd = Objects.ConfigMap("a").With(map => map["sepc"] = "x");

        var strict = (await api.CreateAsync($"{path}?fieldValidation=Strict", odd)).Refused(HttpStatusCode.BadRequest, "BadRequest");
        var made = await api.CreateAsync(path, odd);

        Assert.Contains("strict decoding error: unknown field \"sepc\"", strict.Message, StringComparison.Ordinal);
        Assert.Null(made.Good.At("sepc"));
        Assert.Contains("unknown field", Assert.Single(made.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_a_wrong_type_are_refused()
    {
        var path = await PathAsync("configmaps");

        (await api.CreateAsync(path, Objects.ConfigMap("a").With(map => map["data"]!["key"] = 1))).Refused(HttpStatusCode.BadRequest, "BadRequest");
        (await api.CreateAsync(path, Objects.ConfigMap("a").With(map => map["data"]!["bad key"] = "x"))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
    }

    [Fact]
    public async Task A_deletion_can_be_held_to_a_uid_and_a_version()
    {
        var path = await PathAsync("configmaps");
        var made = (await api.CreateAsync(path, Objects.ConfigMap("a"))).Good;

        (await api.DeleteAsync($"{path}/a", Precondition("uid", Guid.NewGuid().ToString()))).Refused(HttpStatusCode.Conflict, "Conflict");
        (await api.DeleteAsync($"{path}/a", Precondition("resourceVersion", "1"))).Refused(HttpStatusCode.Conflict, "Conflict");
        var done = (await api.DeleteAsync($"{path}/a", Precondition("uid", made.Uid()))).Good;

        Assert.Equal("Success a configmaps", $"{done.Text("status")} {done.Text("details", "name")} {done.Text("details", "kind")}");
        Assert.Equal(made.Uid(), done.Text("details", "uid"));
        (await api.DeleteAsync($"{path}/a")).Refused(HttpStatusCode.NotFound, "NotFound");
    }

    [Fact]
    public async Task A_finalizer_holds_an_object_until_it_is_taken_away()
    {
        var path = await PathAsync("configmaps");
        await api.CreateAsync(path, Objects.ConfigMap("a").With(map => map["metadata"]!["finalizers"] = new JsonArray("example.com/hold")));

        var going = (await api.DeleteAsync($"{path}/a")).Good;
        Assert.NotEqual("", going.Text("metadata", "deletionTimestamp"));
        Assert.NotEqual("", (await api.GetAsync($"{path}/a")).Good.Text("metadata", "deletionTimestamp"));

        await api.MergeAsync($"{path}/a", Json.Parse("""{"metadata": {"finalizers": null}}"""));
        (await api.GetAsync($"{path}/a")).Refused(HttpStatusCode.NotFound, "NotFound");
    }

    [Fact]
    public async Task Secrets_take_text_and_keep_it_encoded()
    {
        var path = await PathAsync("secrets");

        var made = (await api.CreateAsync(path, Objects.Secret("a"))).Good;

        Assert.Equal("dmFsdWU=", made.Text("data", "key"));
        Assert.Equal("Opaque", made.Text("type"));
        Assert.Null(made.At("stringData"));
        (await api.CreateAsync(path, Objects.Secret("b").With(secret => secret["type"] = "kubernetes.io/tls"))).Refused(HttpStatusCode.UnprocessableEntity, "Invalid");
    }

    private static JsonObject Precondition(string field, string value) => Json.Parse($$$"""
        {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"{{{field}}}": "{{{value}}}"}}
        """);

    private async Task<string> PathAsync(string plural) => $"/api/v1/namespaces/{await cluster.NamespaceAsync()}/{plural}";
}
